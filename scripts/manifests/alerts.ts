import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createMetrics } from '../../service-kit/src/metrics.ts';
import { filesOf, read } from '../check/source.ts';

const run = promisify(execFile);
const place = 'deployment/components/monitoring';

/** Figures that Prometheus makes by itself. */
const BUILT_IN = new Set(['up']);

/** The names of our figures: those of every process, and those that the sources of the services declare. */
async function namesOfFigures(root: string): Promise<Set<string>> {
  const { text } = await createMetrics(() => ({ used: 0, idle: 0, waiting: 0 })).expose();
  const common = [...text.matchAll(/^# TYPE (\w+) (\w+)/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  );
  const own = filesOf(root, /^[a-z-]+[/]src[/]metrics[.]ts$/)
    .map((file) => read(root, file))
    .flatMap((source) =>
      [...source.matchAll(/\.(?:gauge|counter)\(\s*'(\w+)'/g)].map(([, name = '']) => name),
    );
  return new Set([...common, ...own, ...BUILT_IN]);
}

/** What looks like a figure in the expressions of alerts and dashboard: our names have at least one underscore. */
function namesIn(text: string): string[] {
  const expressions = [...text.matchAll(/"?expr"?: (.+(?:\n {12,}.+)*)/g)].map(
    ([, expression = '']) => expression,
  );
  return expressions.flatMap((expression) => expression.match(/\b[a-z]+(?:_[a-z0-9]+)+(?=[{[) ]|$)/gm) ?? []);
}

const FUNCTIONS = new Set(['histogram_quantile', 'min_over_time', 'max_over_time', 'label_values']);

/** An alert on a figure that nobody exposes never rings. */
export async function unknownFigures(root: string): Promise<string[]> {
  const known = await namesOfFigures(root);
  return ['alerts.yml', 'dashboard.json'].flatMap((file) =>
    [...new Set(namesIn(read(root, `${place}/${file}`)))]
      .filter((name) => !known.has(name) && !FUNCTIONS.has(name))
      .map((name) => `${place}/${file}  ${name} is exposed by no process: correct the name`),
  );
}

/** Every alert has its paragraph in the handbook. */
export function unexplainedAlerts(root: string): string[] {
  const handbook = read(root, 'docs/operations.md');
  const names = [...read(root, `${place}/alerts.yml`).matchAll(/alert: (\w+)/g)].map(([, name = '']) => name);
  return names
    .filter((name) => !handbook.includes(`\`${name}\``))
    .map(
      (name) =>
        `${place}/alerts.yml  ${name} is not explained in docs/operations.md: say what it means and what to do`,
    );
}

async function promtool(root: string, ...args: string[]): Promise<string[]> {
  try {
    await run('promtool', args, { cwd: join(root, place) });
    return [];
  } catch (error) {
    const { code, stdout, stderr, message } = error as Error & {
      code?: string;
      stdout?: string;
      stderr?: string;
    };
    if (code === 'ENOENT') throw error;
    return [`promtool ${args.join(' ')}  ${`${stdout ?? ''}${stderr ?? ''}`.trim() || message}`];
  }
}

/** The alerts, their tests, and the configuration of Prometheus. */
export async function alertFaults(root: string): Promise<{ breaches: string[]; skipped: string[] }> {
  if (!existsSync(join(root, place))) return { breaches: [], skipped: [] };
  const breaches = [...(await unknownFigures(root)), ...unexplainedAlerts(root)];
  try {
    breaches.push(
      ...(await promtool(root, 'check', 'rules', 'alerts.yml')),
      ...(await promtool(root, 'test', 'rules', 'alerts.test.yml')),
      ...(await promtool(root, 'check', 'config', '--syntax-only', 'prometheus.yml')),
    );
    return { breaches, skipped: [] };
  } catch {
    return { breaches, skipped: ['promtool is not in PATH: install Prometheus to test the alerts'] };
  }
}
