import { yargsOptions } from 'jest-cli';
import { answerEarly } from '../commands/answer-early.js';
import { nearestName } from '../commands/nearest-name.js';
import { type CommandName, readCall } from '../commands/read-call.ts';

const namesOf = (value: string | readonly string[] | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : (value ?? []);

const known = Object.entries(yargsOptions).flatMap(([name, { alias }]) => [name, ...namesOf(alias)]);

/** `--test-name-pattern=x`, `--testNamePattern` and `--no-testNamePattern` are one name, as for yargs. */
function nameOf(word: string): string {
  const [name = ''] = word.replace(/^--?(no-)?/, '').split('=');
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function findUnknown(words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  const options = (end < 0 ? words : words.slice(0, end)).filter((word) => /^-[^\d]/.test(word));
  return options.find((word) => !known.includes(nameOf(word)));
}

/** Reads the words of a command that passes options on to Jest. Refuses an option that Jest does not know before anything starts. */
export function readJestCall(name: CommandName & ('test' | 'reliability')): string[] {
  const { words } = readCall(name);
  const unknown = findUnknown(words);
  if (unknown === undefined) return words;
  const nearest = nearestName(nameOf(unknown), [...known, 'help']);
  return answerEarly({
    kind: 'refused',
    text: `There is no option ${unknown}: the nearest one is --${nearest}.`,
  }).positionals;
}
