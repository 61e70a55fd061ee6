import { dirname, resolve } from 'node:path';
import { readCall } from './commands/read-call.ts';
import { whyNoKubectl } from './manifests/find-kubectl.ts';
import type { Rendering } from './manifests/objects.ts';
import { openCopy, type Copy } from './manifests/open-copy.ts';
import { parts, type Verdict } from './manifests/parts.ts';
import { readProject } from './manifests/project.ts';
import { renderOverlays } from './manifests/render-overlays.ts';
import { tellMatrix } from './manifests/tell-matrix.ts';
import { imagesFor, writeRendering } from './manifests/write-rendering.ts';

/**
 * npm run manifests: whether deployment/ renders, and keeps our rules, one line each. Asks no cluster anything.
 * `-- --matrix` also prints who may talk to whom; `-- --write DIRECTORY [--version V] [--registry R]` writes the local
 * overlay as one file instead.
 */
const root = dirname(import.meta.dirname);
const { options: values } = readCall('manifests');
const project = readProject(root);
const reason = await whyNoKubectl();
if (reason !== undefined) {
  report('render', { breaches: [reason], skipped: [] });
  process.exit(1);
}
const copy = await openCopy(root);
try {
  process.exitCode = (await (values.write === undefined ? check(copy) : write(copy, values.write))) ? 0 : 1;
} finally {
  copy.close();
}

async function check(opened: Copy): Promise<boolean> {
  const { renderings, missing, failures } = await renderOverlays(opened);
  const notSeen = missing.map((overlay) => `${overlay} is not rendered`);
  const results = [report('render', { breaches: failures, skipped: [] })];
  for (const [name, part] of Object.entries(parts)) {
    const { breaches, skipped } = await part({ root, project, copy: opened, renderings });
    results.push(report(name, { breaches, skipped: [...skipped, ...notSeen] }));
  }
  if (values.matrix) printMatrices(renderings);
  return results.every(Boolean);
}

async function write(opened: Copy, directory: string): Promise<boolean> {
  const { version = project.version, registry } = values;
  if (version !== project.version) {
    console.warn(`Labels and the name of the Job say ${project.version}, as package.json does.`);
  }
  const images = imagesFor(project, { version, ...(registry !== undefined && { registry }) });
  try {
    console.log(`Wrote ${await writeRendering(opened, resolve(directory), images)}.`);
    return true;
  } catch (error) {
    return report('write', { breaches: [(error as Error).message], skipped: [] });
  }
}

function report(name: string, { breaches, skipped }: Verdict): boolean {
  const passed = skipped.length > 0 && breaches.length === 0 ? 'skipped' : 'ok     ';
  console.log(`${breaches.length > 0 ? 'FAILED ' : passed} ${name}`);
  for (const line of breaches) console.log(`          ${line}`);
  for (const line of skipped) console.log(`          skipped: ${line}`);
  return breaches.length === 0;
}

function printMatrices(renderings: Rendering[]): void {
  for (const rendering of renderings.filter(({ overlay, place }) => overlay === place)) {
    console.log(`\n${rendering.overlay}: who may open a connection to whom`);
    for (const line of tellMatrix(rendering)) console.log(`  ${line}`);
  }
}
