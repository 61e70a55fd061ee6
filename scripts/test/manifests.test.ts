import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { whyNoKubectl } from '../manifests/find-kubectl.ts';
import { parseObjects, type Rendering } from '../manifests/objects.ts';
import { openCopy, type Copy } from '../manifests/open-copy.ts';
import { parts, rules } from '../manifests/parts.ts';
import { readProject } from '../manifests/project.ts';
import { renderOverlays, type Rendered } from '../manifests/render-overlays.ts';
import { staleFaults } from '../manifests/rendered-file.ts';
import { rolloutFaults } from '../manifests/rollouts.ts';
import { linesFor } from '../manifests/rule.ts';
import { openValidator, schemaDirectory, schemaFaults, unknownObjects } from '../manifests/schemas.ts';
import { tellMatrix } from '../manifests/tell-matrix.ts';
import { imagesFor, writeRendering } from '../manifests/write-rendering.ts';
import { serviceFaults } from './helpers/manifest-content-faults.ts';
import { nameFaults } from './helpers/manifest-name-faults.ts';
import { networkFaults } from './helpers/manifest-network-faults.ts';
import { confinementFaults } from './helpers/manifest-pod-faults.ts';
import { rollFaults } from './helpers/manifest-running-faults.ts';
import { plantDeployment, plantObject, repository } from './helpers/plant-manifests.ts';

const project = readProject(repository);
const noKubectl = await whyNoKubectl();
const schemas = schemaDirectory(repository);
const committed = plantObject({ rule: '', says: '' });

if (noKubectl !== undefined) console.warn(`Nothing is rendered in these tests: ${noKubectl}`);
if (schemas === undefined)
  console.warn('No schemas are tested: KUBERNETES_SCHEMAS names no directory of them.');

const withKubectl = noKubectl === undefined ? describe : describe.skip;
const withSchemas = schemas === undefined ? describe.skip : describe;

test.each(Object.entries(rules))('%s finds no fault in the committed file', (_name, rule) => {
  expect(linesFor(rule, [committed], project)).toEqual([]);
});

const faults = [...confinementFaults, ...rollFaults, ...nameFaults, ...serviceFaults, ...networkFaults];

test.each(faults)('$rule finds in $object: $says', (fault) => {
  const lines = linesFor(rules[fault.rule]!, [plantObject(fault)], { ...project, ...fault.facts });
  expect(lines).toContainEqual(expect.stringContaining(fault.says));
});

test('every rule has a planted fault', () => {
  expect(new Set(faults.map(({ rule }) => rule))).toEqual(new Set(Object.keys(rules)));
});

test('a fault names every overlay that has it, and no component that only stands on it', () => {
  const broken = plantObject({
    rule: '',
    object: 'Deployment/nginx',
    from: 'maxSurge: 1',
    to: 'maxSurge: 2',
    says: '',
  });
  const renderings: Rendering[] = [
    broken,
    { ...broken, overlay: 'local + monitoring' },
    { ...broken, overlay: 'production' },
  ];
  const lines = linesFor(rules['rollout-plan']!, renderings, project);
  expect(lines).toContain('local, production Deployment/nginx  set maxSurge: 1');
});

test('the matrix tells who reaches whom', () => {
  const rows = tellMatrix(committed).map((line) => line.replace(/ {2,}/g, ' | '));
  expect(rows).toEqual(
    expect.arrayContaining([
      'from | to | ports',
      'internet | nginx | TCP 8080',
      'nginx | order-service | TCP 3000',
      'order-worker | payment-simulator | TCP 3000',
      'order-service | order-mysql | TCP 3306',
      'unlabelled-pod | nothing',
    ]),
  );
});

withSchemas('with the schemas of Kubernetes', () => {
  const validate = openValidator(schemas ?? '');

  test('the committed file keeps them', () => {
    expect(schemaFaults(committed, validate)).toEqual([]);
    expect(unknownObjects(committed, validate)).toEqual([]);
  });

  test.each([
    ['minReadySeconds: 5', 'minReadySecond: 5', 'spec has no field minReadySecond'],
    ['minReadySeconds: 5', 'minReadySeconds: soon', 'spec.minReadySeconds must be integer'],
    ['containerPort: 8080', 'protocol: TCP', "must have required property 'containerPort'"],
  ])('%s may not become %s', (from, to, says) => {
    const rendering = plantObject({ rule: '', object: 'Deployment/nginx', from, to, says });
    const messages = schemaFaults(rendering, validate).map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringContaining(says));
  });

  test('a kind that Kubernetes does not have is told, not judged', () => {
    const rendering = plantObject({
      rule: '',
      object: 'HTTPRoute/door',
      to: 'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: door }\n',
      says: '',
    });
    expect(unknownObjects(rendering, validate)).toEqual(['HTTPRoute/door']);
  });
});

describe('kubectl', () => {
  const path = process.env.PATH ?? '';
  const directory = mkdtempSync(join(tmpdir(), 'tradepost-kubectl-'));

  afterAll(() => {
    process.env.PATH = path;
    rmSync(directory, { recursive: true });
  });

  test('that is missing is told of with the line that installs it', async () => {
    process.env.PATH = directory;
    expect(await whyNoKubectl()).toMatch(/^kubectl is not in PATH: .*kubectl/);
  });

  test.each([
    ['v1.26.9', /^kubectl 1[.]26 is older than 1[.]27: .*kubectl/],
    ['v1.27.0-rc.1+suffix', undefined],
    ['v2.0.0', undefined],
  ])('%s', async (version, expected) => {
    const program = join(directory, 'kubectl');
    writeFileSync(program, `#!/bin/sh\necho '{ "clientVersion": { "gitVersion": "${version}" } }'\n`);
    chmodSync(program, 0o755);
    process.env.PATH = `${directory}${delimiter}${path}`;
    const reason = await whyNoKubectl();
    if (expected === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(expected);
  });
});

const patient = 180_000;

withKubectl(noKubectl === undefined ? 'rendered' : `rendered (skipped: ${noKubectl})`, () => {
  const copies: Copy[] = [];
  let copy: Copy;
  let rendered: Rendered;

  async function open(root: string): Promise<Copy> {
    const opened = await openCopy(root);
    copies.push(opened);
    return opened;
  }

  beforeAll(async () => {
    copy = await open(repository);
    rendered = await renderOverlays(copy);
  }, patient);

  afterAll(() => {
    for (const opened of copies) opened.close();
  });

  test('everything renders', () => {
    expect(rendered.failures).toEqual([]);
    expect(rendered.renderings.map(({ overlay }) => overlay)).toEqual(
      expect.arrayContaining(['local', 'production', 'local + autoscaling']),
    );
  });

  test.each(Object.entries(parts))(
    '%s finds no fault',
    async (_name, part) => {
      const { renderings } = rendered;
      expect((await part({ root: repository, project, copy, renderings })).breaches).toEqual([]);
    },
    patient,
  );

  test(
    'a component that does not render is a fault, and so is a second way to the local overlay',
    async () => {
      const root = plantDeployment({
        'components/monitoring/kustomization.yaml': () =>
          'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [absent.yaml]\n',
        'kustomization.yaml': (text) => `${text}  - overlays/more\n`,
        'overlays/more/kustomization.yaml': () =>
          'configMapGenerator: [{ name: more, namespace: tradepost, literals: [A=1] }]\n',
      });
      const { failures, missing } = await renderOverlays(await open(root));
      expect(missing).toEqual(['local + monitoring']);
      expect(failures).toContainEqual(expect.stringMatching(/^local [+] monitoring {2}.*absent[.]yaml/s));
      expect(failures).toContainEqual(expect.stringContaining('is not the local overlay'));
    },
    patient,
  );

  test(
    'a setting and a secret that do not roll out are faults',
    async () => {
      const fixed = (text: string): string => `${text}generatorOptions: { disableNameSuffixHash: true }\n`;
      const root = plantDeployment({
        'base/nginx/kustomization.yaml': fixed,
        'overlays/production/kustomization.yaml': fixed,
      });
      const opened = await open(root);
      const { renderings } = await renderOverlays(opened);
      const lines = await rolloutFaults(opened, renderings);
      const still = (subject: string, workload: string): string =>
        `${subject}  a change of it leaves the pods of ${workload} as they are: generate it`;
      expect(lines).toEqual(
        expect.arrayContaining([
          still('production ConfigMap/order-service', 'Deployment/order-service'),
          still('production Secret/tradepost', 'Deployment/auth-service'),
        ]),
      );
    },
    patient,
  );

  test(
    'a changed overlay makes the committed file stale',
    async () => {
      const root = plantDeployment({
        'base/pods/every-pod.yaml': (text) => text.replace('minReadySeconds: 5', 'minReadySeconds: 6'),
        'tradepost.yaml': (text) => text.replace('kind: CronJob', 'kind: Job'),
      });
      const { renderings } = await renderOverlays(await open(root));
      const lines = renderings.slice(0, 1).flatMap((local) => staleFaults(root, local));
      expect(lines).toEqual([
        'deployment/tradepost.yaml  is not what the local overlay says today of CronJob/rotate-passwords, ' +
          'Deployment/auth-service, Deployment/nginx, Deployment/order-service, Deployment/order-worker, ' +
          'Deployment/payment-simulator, Deployment/product-service, Job/rotate-passwords: run npm run manifests -- --write deployment',
      ]);
    },
    patient,
  );

  test('secrets of the checkout are not copied', async () => {
    const name = 'overlays/production/secrets/ADMIN_PASSWORD';
    const root = plantDeployment({});
    const { directory } = await open(root);
    const original = plantDeployment({ [name]: () => 'the real one' });
    const copied = await open(original);
    expect(existsSync(join(directory, name))).toBe(true);
    expect(readFileSync(join(copied.directory, name), 'utf8')).not.toBe('the real one');
  });

  test(
    'one file is written with the names that were pushed',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'tradepost-written-'));
      try {
        const names = { version: '9.9.9', registry: 'GHCR.io/Somebody/Tradepost' };
        const file = await writeRendering(copy, directory, imagesFor(project, names));
        const text = readFileSync(file, 'utf8');
        const found = new Set([...text.matchAll(/image: (.+)/g)].map(([, image]) => image));
        const ours = project.images.map((image) => `ghcr.io/somebody/tradepost/${image}:9.9.9`);
        expect(found).toEqual(new Set([...ours, project.mysqlImage]));
        expect(parseObjects(text)).toHaveLength(committed.objects.length);
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
    patient,
  );
});
