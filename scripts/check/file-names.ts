import { filesOf, type Breach } from './source.ts';

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*([.][a-z0-9]+(-[a-z0-9]+)*)*$/;
const TEST_HELPERS = /^(e2e|.+[/]test)[/]helpers[/]/;
const SAYS_NOTHING = /^(utils?|helpers?|common|managers?|misc|controllers?|repositor(y|ies)|containers?)$/;

/** A name says what is inside: kebab-case, no word that fits anything. */
export function fileNames(root: string): Breach[] {
  return filesOf(root, /[.](ts|js|cjs|sql)$/).flatMap((file) =>
    [...faultsOf(file)].map((message) => ({ file, message })),
  );
}

function* faultsOf(file: string): Generator<string> {
  // Tool configuration (.dependency-cruiser.cjs) is named by its tool, the helpers/ of tests by convention.
  const parts = file.replace(TEST_HELPERS, '').replace(/^[.]/, '').split('/');
  const name = parts.at(-1) ?? '';
  if (!KEBAB.test(name)) yield 'not in kebab-case';
  const empty = parts.flatMap((part) => part.split(/[-.]/)).find((word) => SAYS_NOTHING.test(word));
  if (empty) yield `"${empty}" says nothing about what is inside`;
  if (/^[a-z-]+[/]src[/].*-service[.]ts$/.test(file)) {
    yield 'named by a noun and "service": name it by what it does';
  }
}
