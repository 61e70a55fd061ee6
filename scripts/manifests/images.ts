import { ofKind, type Rendering } from './objects.ts';
import { ownImage, type Project } from './project.ts';
import { faultIn, type Fault } from './rule.ts';
import { containersOf, mainContainersOf, workloadsOf, type Place } from './workloads.ts';

/** Which image each Deployment runs: the one of its own name, but for the worker. */
const OTHERWISE: Record<string, string> = { 'order-worker': 'order-service' };
/** The first works for others, and serves no request; production has a real payment provider. */
const NO_DEPLOYMENT = { local: ['provision'], production: ['provision', 'payment-simulator'] };

/** Each image is one exact version: ours is that of package.json, MySQL is the one that Compose runs and the tests know. */
export function images(rendering: Rendering, project: Project): Fault[] {
  return [
    ...workloadsOf(rendering)
      .flatMap(containersOf)
      .flatMap((place) =>
        tagFaults(place, rendering, project).map((message) => faultIn(place.workload.object, message)),
      ),
    ...missingDeployments(rendering, project),
    ...project.baseImages
      .filter(({ image }) => /[$]/.test(image) || !isExact(image))
      .map(({ file, image }) => ({ subject: file, message: `FROM ${image}: write a literal tag` })),
  ];
}

function tagFaults({ container, called }: Place, { place }: Rendering, project: Project): string[] {
  const image = container.image ?? '';
  const own = ownImage(project, image);
  if (!isExact(image)) return [`${called} runs ${image}, which changes by itself: write an exact tag`];
  if (own === undefined) return foreignFaults(image, called, project);
  const faults: string[] = [];
  if (tagOf(image) !== project.version) {
    faults.push(`${called} runs ${image}: package.json says ${project.version}, so write that in images:`);
  }
  if (place === 'local' && !image.startsWith('tradepost/')) {
    faults.push(`${called} runs ${image}: npm run images makes tradepost/${own}`);
  }
  return faults;
}

function foreignFaults(image: string, called: string, { mysqlImage }: Project): string[] {
  const isMysql = /(^|[/])mysql:/.test(image);
  return isMysql && image !== mysqlImage
    ? [`${called} runs ${image}, docker-compose.yml ${mysqlImage}: write the same`]
    : [];
}

function missingDeployments(rendering: Rendering, project: Project): Fault[] {
  const running = workloadsOf({ ...rendering, objects: ofKind(rendering, 'Deployment') })
    .flatMap(mainContainersOf)
    .map(({ workload, container }) => `${workload.name} ${ownImage(project, container.image) ?? ''}`);
  return [...project.images, ...Object.keys(OTHERWISE)]
    .filter((name) => !NO_DEPLOYMENT[rendering.place].includes(name))
    .map((name) => ({ name, image: OTHERWISE[name] ?? name }))
    .filter(({ name, image }) => !running.includes(`${name} ${image}`))
    .map(({ name, image }) => ({
      subject: `Deployment/${name}`,
      message: `is not there, or runs something else than tradepost/${image}`,
    }));
}

function isExact(image: string): boolean {
  return !['', 'latest'].includes(tagOf(image));
}

/** The colon of a port stands before the last slash. */
function tagOf(image: string): string {
  return /:([^:/@]+)(@|$)/.exec(image)?.[1] ?? '';
}
