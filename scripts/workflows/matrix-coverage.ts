import { filesOf, type Breach } from '../check/source.ts';
import { breachAt, jobsOf } from './workflow.ts';

const CI = '.github/workflows/ci.yml';

/** A matrix that names folders has them all: a new folder with tests, or a new image, is in none until somebody writes it. */
export function matrixCoverage(root: string): Breach[] {
  return [
    ...gapsOf(root, 'part', foldersOf(root, /^(e2e[/]|[^/]+[/]test[/]).*[.]test[.]ts$/)),
    ...gapsOf(root, 'image', foldersOf(root, /^[^/]+[/]Dockerfile$/)),
  ];
}

function gapsOf(root: string, key: string, folders: string[]): Breach[] {
  const matrices = jobsOf(root).flatMap(({ workflow, name, job, path }) => {
    const listed = job.strategy?.matrix?.[key];
    return Array.isArray(listed) ? [{ workflow, name, listed, path }] : [];
  });
  if (matrices.length === 0 && folders.length > 0) {
    return [{ file: CI, message: `no job has a matrix of ${folders.join(', ')}: add one called ${key}` }];
  }
  return matrices.flatMap(({ workflow, name, listed, path }) =>
    folders
      .filter((folder) => !listed.includes(folder))
      .map((folder) =>
        breachAt(
          workflow,
          [...path, 'strategy', 'matrix', key],
          `${name} leaves out ${folder}: add it to the matrix`,
        ),
      ),
  );
}

function foldersOf(root: string, pattern: RegExp): string[] {
  return [...new Set(filesOf(root, pattern).map((file) => file.split('/')[0] ?? ''))];
}
