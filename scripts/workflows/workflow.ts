import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { filesOf, read, type Breach } from '../check/source.ts';

/** What is read from a file without being believed: any value may be missing. */
export interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, unknown>;
}

export interface Job {
  uses?: string;
  if?: unknown;
  needs?: string | string[];
  permissions?: unknown;
  environment?: unknown;
  strategy?: { matrix?: Record<string, unknown> };
  steps?: Step[];
  'timeout-minutes'?: unknown;
  'continue-on-error'?: unknown;
}

export interface YamlFile {
  file: string;
  text: string;
  document: Document;
  lines: LineCounter;
}

export interface Workflow extends YamlFile {
  content: { on?: unknown; permissions?: unknown; concurrency?: unknown };
  jobs: Record<string, Job>;
}

export type Path = (string | number)[];

export function readYaml(root: string, file: string): YamlFile {
  const [text, lines] = [read(root, file), new LineCounter()];
  return { file, text, lines, document: parseDocument(text, { lineCounter: lines }) };
}

export function readWorkflows(root: string): Workflow[] {
  return filesOf(root, /[.]ya?ml$/, '.github/workflows').map((file) => {
    const yaml = readYaml(root, file);
    const content = contentOf(yaml) as Workflow['content'] & { jobs?: Record<string, Job | null> };
    const jobs = Object.entries(content.jobs ?? {}).map(([name, job]) => [name, job ?? {}] as const);
    return { ...yaml, content, jobs: Object.fromEntries(jobs) };
  });
}

/** A file with an error of syntax has no content; the part that checks syntax tells of it. */
export function contentOf({ document }: YamlFile): object {
  const content: unknown = document.errors.length > 0 ? {} : document.toJS();
  return typeof content === 'object' && content !== null ? content : {};
}

/** Every job of every workflow, with its place in the file. */
export function jobsOf(root: string): { workflow: Workflow; name: string; job: Job; path: Path }[] {
  return readWorkflows(root).flatMap((workflow) =>
    Object.entries(workflow.jobs).map(([name, job]) => ({ workflow, name, job, path: ['jobs', name] })),
  );
}

/** Every step of every job, with its place in the file. */
export function stepsOf(root: string): { workflow: Workflow; step: Step; path: Path }[] {
  return jobsOf(root).flatMap(({ workflow, job, path }) =>
    (job.steps ?? []).map((step, index) => ({ workflow, step, path: [...path, 'steps', index] })),
  );
}

/** The names of what triggers a workflow, in each of the three ways to write them. */
export function triggersOf({ content: { on } }: Workflow): string[] {
  if (typeof on === 'string') return [on];
  return Array.isArray(on) ? (on as string[]) : Object.keys(on ?? {});
}

export function breachAt(yaml: YamlFile, path: Path, message: string): Breach {
  const start = nodeAt(yaml.document, path)?.range?.[0];
  return { file: yaml.file, line: start === undefined ? 1 : yaml.lines.linePos(start).line, message };
}

/** Of an entry its key, for that is where one looks; of an item the item. */
function nodeAt(document: Document, path: Path): Node | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const node = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))?.key
    : document.getIn(path, true);
  return isNode(node) ? node : undefined;
}

/** The comment behind the value of an entry. */
export function commentAt({ document }: YamlFile, path: Path): string {
  const node = document.getIn(path, true);
  return (isNode(node) && node.comment?.trim()) || '';
}
