import type { Rendering } from './objects.ts';
import { ownImage, type Project } from './project.ts';
import { faultsIn, type Fault } from './rule.ts';
import { settingsOf } from './settings-of.ts';
import { containersOf, workloadsOf, type Place } from './workloads.ts';

/** Outside of the heap, Node needs memory for buffers, code and threads. */
const HEAP_SHARE = { least: 0.6, most: 0.8 };
const UNITS: Record<string, number> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** Every container says what it needs and how much memory it may have; Node knows of it before the kernel does. */
export function resources(rendering: Rendering, project: Project): Fault[] {
  return workloadsOf(rendering)
    .flatMap(containersOf)
    .flatMap((place) => [
      ...amountFaults(place),
      ...(runsNode(place, project) ? heapFaults(place, rendering) : []),
    ]);
}

function amountFaults({ workload, container, called }: Place): Fault[] {
  const { requests = {}, limits = {} } = container.resources ?? {};
  return faultsIn(workload.object, [
    [requests.cpu === undefined, `${called} asks for no processor: set resources.requests.cpu`],
    [requests.memory === undefined, `${called} asks for no memory: set resources.requests.memory`],
    [limits.memory === undefined, `${called} may take all memory of its node: set resources.limits.memory`],
  ]);
}

function runsNode({ container }: Place, project: Project): boolean {
  const image = ownImage(project, container.image);
  return image !== undefined && image !== 'nginx';
}

function heapFaults({ workload, container, called }: Place, rendering: Rendering): Fault[] {
  const options = settingsOf(container, rendering).find(({ name }) => name === 'NODE_OPTIONS')?.value ?? '';
  const heap = /--max-old-space-size=(\d+)/.exec(options)?.[1];
  const limit = bytesOf(container.resources?.limits?.memory ?? '');
  const share = (Number(heap ?? 0) * 2 ** 20) / limit;
  const wanted = Math.floor((limit * 0.75) / 2 ** 20);
  return faultsIn(workload.object, [
    [
      heap === undefined,
      `${called} knows nothing of its limit: set NODE_OPTIONS --max-old-space-size=${wanted}`,
    ],
    [
      heap !== undefined && (share < HEAP_SHARE.least || share > HEAP_SHARE.most),
      `${called} has a heap of ${Math.round(share * 100)} % of its memory limit: set --max-old-space-size=${wanted}`,
    ],
  ]);
}

function bytesOf(quantity: string): number {
  const [, amount = '', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(amount) * (UNITS[unit] ?? Number.NaN);
}
