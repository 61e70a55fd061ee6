import { nameOf, ofKind, subjectOf, textsOf, type KubernetesObject, type Rendering } from './objects.ts';
import { HASH } from './references.ts';
import { faultIn, type Fault } from './rule.ts';
import { containersOf, workloadsOf } from './workloads.ts';

const SOUNDS_SECRET = /PASSWORD|PASSWD|KEY|SECRET|TOKEN|CREDENTIAL/i;
/** These name a place, not a value. */
const PLACE = /_(FILE|DIRECTORY|PATH)$/;
const NAMES = new Set(['SECRET_NAME']);
const LEAKS: [RegExp, string][] = [
  [/"d"\s*:\s*"/, 'holds a private JWK'],
  [/-----BEGIN [A-Z ]+-----/, 'holds a key or certificate in PEM'],
  [/--?(password|passwd|token|secret)[= ]\S/i, 'says a password on a command line'],
  [/:[/][/][^/\s:@]*:[^/\s@]+@/, 'holds a URL with a password'],
];
const SHORTEST = 8;

/** No value of a secret is in what is rendered. Production's own Secret has them, and nothing beside it. */
export function secretValues(rendering: Rendering): Fault[] {
  const generated = ofKind(rendering, 'Secret').filter((secret) => isGenerated(secret, rendering));
  const others = rendering.objects.filter((object) => !generated.includes(object));
  return [
    ...others.flatMap((object) => [...dataFaults(object), ...leaks(object)]),
    ...clearSettings(rendering),
    ...generated.flatMap((secret) => copiesOf(secret, others)),
  ];
}

function isGenerated(secret: KubernetesObject, { place }: Rendering): boolean {
  return place === 'production' && HASH.test(nameOf(secret));
}

function dataFaults(object: KubernetesObject): Fault[] {
  if (object.kind !== 'Secret') return [];
  return Object.keys({ ...object.data, ...object.stringData }).map((key) =>
    faultIn(object, `holds a value for ${key}: take it away, secrets are made in the cluster or generated`),
  );
}

function leaks(object: KubernetesObject): Fault[] {
  return [...textsOf(object)].flatMap(({ path, text }) =>
    LEAKS.filter(([pattern]) => pattern.test(text)).map(([, what]) =>
      faultIn(object, `${path.join('.')} ${what}: put it into the Secret`),
    ),
  );
}

function clearSettings(rendering: Rendering): Fault[] {
  const ofContainers = workloadsOf(rendering)
    .flatMap(containersOf)
    .flatMap(({ workload, container }) =>
      (container.env ?? []).map(({ name = '', value = '' }) => ({ object: workload.object, name, value })),
    );
  const ofMaps = ofKind(rendering, 'ConfigMap').flatMap((object) =>
    Object.entries(object.data ?? {}).map(([name, value]) => ({ object, name, value })),
  );
  return [...ofContainers, ...ofMaps]
    .filter(({ name, value }) => value !== '' && SOUNDS_SECRET.test(name) && !isPlace(name, value))
    .map(({ object, name }) =>
      faultIn(object, `gives ${name} in clear: mount it from the Secret, and name its file in ${name}_FILE`),
    );
}

function isPlace(name: string, value: string): boolean {
  return NAMES.has(name) || (PLACE.test(name) && value.startsWith('/'));
}

function copiesOf(secret: KubernetesObject, others: KubernetesObject[]): Fault[] {
  const values = Object.entries(secret.data ?? {}).flatMap(([key, encoded]) =>
    [encoded, Buffer.from(encoded, 'base64').toString().trim()].map((value) => ({ key, value })),
  );
  return others.flatMap((object) => {
    const texts = [...textsOf(object)].map(({ text }) => text);
    return values
      .filter(({ value }) => value.length >= SHORTEST && texts.some((text) => text.includes(value)))
      .map(({ key }) => faultIn(object, `repeats the value of ${key} of ${subjectOf(secret)}: take it away`));
  });
}
