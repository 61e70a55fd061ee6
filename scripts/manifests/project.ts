import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { filesOf, read } from '../check/source.ts';

/** What the rest of the repository says, and the manifests have to agree with. */
export interface Project {
  version: string;
  /** The folders with a Dockerfile: tradepost/<folder> is an image of ours. */
  images: string[];
  /** The name and tag of MySQL in Compose. */
  mysqlImage: string;
  /** FROM lines of the Dockerfiles. */
  baseImages: { file: string; image: string }[];
  /** What a process of ours may be told. */
  settings: Set<string>;
  /** What Nginx may be told. */
  nginxSettings: Set<string>;
}

export function readProject(root: string): Project {
  const dockerfiles = filesOf(root, /^[^/]+[/]Dockerfile$/);
  const { version } = JSON.parse(read(root, 'package.json')) as { version: string };
  const compose = parse(read(root, 'docker-compose.yml'), { merge: true }) as {
    services?: { mysql?: { image?: string } };
  };
  return {
    version,
    images: dockerfiles.map((file) => file.replace('/Dockerfile', '')),
    mysqlImage: compose.services?.mysql?.image ?? '',
    baseImages: dockerfiles.flatMap((file) => baseImagesOf(file, read(root, file))),
    settings: namesIn(read(root, '.env.example'), /^#? ?([A-Z][A-Z0-9_]*)=/gm),
    nginxSettings: namesIn(textOf(root, 'nginx/entrypoint.sh'), /[$][{]([A-Z][A-Z0-9_]*):-/g),
  };
}

/** The folder in whose Dockerfile an image is made: nginx of registry.example.com/tradepost/nginx:1. */
export function ownImage({ images }: Project, image = ''): string | undefined {
  const [, name] = /^(?:.+[/])?tradepost[/]([^/:@]+)/.exec(image) ?? [];
  return images.find((one) => one === name);
}

/** A stage of the same file is no image. */
function baseImagesOf(file: string, text: string): { file: string; image: string }[] {
  const lines = [...text.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim)];
  const stages = new Set(lines.map(([, , stage]) => stage));
  return lines.flatMap(([, image = '']) => (stages.has(image) ? [] : [{ file, image }]));
}

function textOf(root: string, file: string): string {
  return existsSync(join(root, file)) ? read(root, file) : '';
}

function namesIn(text: string, pattern: RegExp): Set<string> {
  return new Set([...text.matchAll(pattern)].map(([, name = '']) => name));
}
