import { parseArgs } from 'node:util';
import { describeUsage } from './describe-usage.js';
import { nearestName } from './nearest-name.js';
import { readValue } from './read-value.js';

/** @typedef {import('./command.ts').Command} Command */
/** @typedef {import('./command.ts').Parsed} Parsed */
/** @typedef {import('./command.ts').Positionals} Positionals */

/** The reason why the words are not a call of the command. */
class Refused extends Error {}

/** @param {Command} command @param {readonly string[]} words */
function tokensOf({ options }, words) {
  const types = Object.entries(options).map(([name, { type }]) => {
    const kind = type === 'boolean' ? /** @type {const} */ ('boolean') : /** @type {const} */ ('string');
    return [name, { type: kind }];
  });
  // Not strict: the messages are ours. A value that looks like an option is refused below.
  const config = { args: [...words], options: Object.fromEntries(types), strict: false, tokens: true };
  return parseArgs(/** @type {const} */ ({ ...config, tokens: true })).tokens;
}

/**
 * @param {Command} command
 * @param {{ name: string, rawName: string, value?: string | undefined, inlineValue?: boolean | undefined }} token
 */
function readOption({ options }, { name, rawName, value, inlineValue }) {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const nearest = nearestName(name, [...Object.keys(options), 'help']);
    throw new Refused(`There is no option ${rawName}: the nearest one is --${nearest}.`);
  }
  if (option.type === 'boolean') {
    if (value !== undefined) throw new Refused(`${rawName} takes no value.`);
    return true;
  }
  if (value === undefined || (!inlineValue && value.startsWith('-')))
    throw new Refused(`${rawName} needs a value: ${rawName} ${option.value}.`);
  const read = readValue(name, value, option);
  if ('fault' in read) throw new Refused(read.fault);
  return read.value;
}

/** @param {Command} command @param {Record<string, unknown>} values */
function checkRequired({ options }, values) {
  for (const [name, option] of Object.entries(options)) {
    if ('required' in option && values[name] === undefined)
      throw new Refused(`--${name} ${option.value} is missing.`);
  }
}

/** @param {Positionals | undefined} declared @param {readonly string[]} given */
function checkPositionals(declared, given) {
  const option = given.find((word) => word.startsWith('-'));
  if (option !== undefined)
    throw new Refused(`${option} is taken for an option: write ./${option} for a path of that name.`);
  const most = { one: 1, any: Infinity, none: 0 }[declared?.count ?? 'none'];
  if (given.length > most) throw new Refused(`The argument ${given[most]} is not expected.`);
  if (declared === undefined) return;
  if (declared.count === 'one' && !given[0]) throw new Refused(`${declared.value} is missing.`);
  const { choices } = declared;
  const unknown = choices && given.find((word) => !choices.includes(word));
  if (choices && unknown !== undefined)
    throw new Refused(
      `No ${declared.value} is named ${unknown}: the nearest one is ${nearestName(unknown, choices)}.`,
    );
}

/** @param {Command} command @param {readonly string[]} words @returns {Parsed} */
function parse(command, words) {
  /** @type {Record<string, string | number | boolean | undefined>} */
  const values = {};
  for (const [name, option] of Object.entries(command.options))
    values[name] = option.type === 'boolean' ? false : option.default;
  /** @type {string[]} */
  const positionals = [];
  for (const token of tokensOf(command, words)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind === 'option') values[token.name] = readOption(command, token);
  }
  checkRequired(command, values);
  checkPositionals(command.positionals, positionals);
  return { kind: 'run', values, positionals };
}

/**
 * What the words after the name of a command mean. Reads nothing and writes nothing.
 * @param {Command} command
 * @param {readonly string[]} words
 * @returns {Parsed}
 */
export function parseCommand(command, words) {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  if (options.includes('--help') || options.includes('-h'))
    return { kind: 'help', text: describeUsage(command) };
  // The other program knows which of its options take a value; its entry has it check them before anything starts.
  if (command.passesTo !== undefined) return { kind: 'run', values: {}, positionals: [...words] };
  try {
    return parse(command, words);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: 'refused', text: `${error.message}\nSee ${command.call} -- --help.` };
  }
}
