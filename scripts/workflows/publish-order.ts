import type { Breach } from '../check/source.ts';
import { breachAt, readWorkflows, triggersOf, type Job, type Workflow } from './workflow.ts';

const WRITES = /^(contents|packages|deployments|pages|id-token|attestations)$/;

/** Nothing leaves the house before every test of its workflow has passed. */
export function publishOrder(root: string): Breach[] {
  const workflows = readWorkflows(root);
  return workflows.flatMap((workflow) => {
    const roles = rolesOf(workflow, workflows);
    const tests = namesOf(roles, 'tests');
    const publishers = namesOf(roles, 'publishes');
    return [
      ...publishers.flatMap((name) =>
        faultsOfPublisher(workflow, name, tests).map((message) =>
          breachAt(workflow, ['jobs', name], message),
        ),
      ),
      ...tests
        .filter((name) => publishers.length > 0 && workflow.jobs[name]?.['continue-on-error'])
        .map((name) =>
          breachAt(
            workflow,
            ['jobs', name],
            `${name} stops nothing when it fails: take continue-on-error away`,
          ),
        ),
    ];
  });
}

type Role = 'tests' | 'publishes';

/** A called workflow that has tests is judged on its own, and is one big test for its caller. */
function rolesOf(workflow: Workflow, all: Workflow[]): Map<string, Role> {
  const roles = Object.entries(workflow.jobs).map(([name, job]): [string, Role] => {
    const called = all.find(({ file }) => job.uses === `./${file}`);
    if (called === undefined || called === workflow) return [name, publishes(job) ? 'publishes' : 'tests'];
    return [name, Object.values(called.jobs).some((one) => !publishes(one)) ? 'tests' : 'publishes'];
  });
  return new Map(roles);
}

function namesOf(roles: Map<string, Role>, wanted: Role): string[] {
  return [...roles].flatMap(([name, role]) => (role === wanted ? [name] : []));
}

function publishes(job: Job): boolean {
  return job.environment !== undefined || hasWritten(job);
}

/** Has left something behind for others, be it an image or a release. */
function hasWritten({ permissions, steps = [] }: Job): boolean {
  const granted = Object.entries((permissions ?? {}) as Record<string, unknown>);
  const writes = granted.some(([scope, level]) => WRITES.test(scope) && level === 'write');
  return writes || steps.some((step) => ![undefined, false, 'false'].includes(step.with?.push as boolean));
}

function faultsOfPublisher(workflow: Workflow, name: string, tests: string[]): string[] {
  const job = workflow.jobs[name] ?? {};
  const needed = neededBy(workflow, name);
  const missing = tests.filter((test) => !needed.has(test));
  const faults: string[] = [];
  if (missing.length > 0)
    faults.push(`${name} publishes without waiting for ${missing.join(', ')}: add to needs`);
  if (tests.length === 0 && !deploysOnDemand(workflow, job)) {
    faults.push(`${name} publishes what no job has tested: call ci.yml first, and need it`);
  }
  if (/\b(always|failure|cancelled)\s*[(]/.test(String(job.if))) {
    faults.push(`${name} publishes although a test may have failed: take "${String(job.if)}" away`);
  }
  return faults;
}

/** Somebody chose a version that is published already, and so was tested. */
function deploysOnDemand(workflow: Workflow, job: Job): boolean {
  const onDemand = triggersOf(workflow).every((name) => /^workflow_(dispatch|call)$/.test(name));
  return onDemand && !hasWritten(job);
}

/** The jobs that have passed when this one begins. */
function neededBy({ jobs }: Workflow, name: string, found = new Set<string>()): Set<string> {
  for (const needed of [jobs[name]?.needs ?? []].flat()) {
    if (found.has(needed)) continue;
    found.add(needed);
    neededBy({ jobs } as Workflow, needed, found);
  }
  return found;
}
