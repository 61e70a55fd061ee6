/** @typedef {import('./command.ts').Command} Command */
/** @typedef {import('./command.ts').Option} Option */

/** @param {string} name @param {Option} option */
function labelOf(name, option) {
  return 'value' in option ? `--${name} ${option.value}` : `--${name}`;
}

/** @param {Option} option */
function remarkOf(option) {
  const range = 'min' in option ? `, ${option.min} to ${option.max}` : '';
  const fallback = 'default' in option ? ` (default: ${option.default})` : '';
  return `${option.description}${range}${fallback}`;
}

/** @param {Command} command */
function lineOf({ call, options, positionals, passesTo }) {
  const words = [...(passesTo === undefined ? [] : [`OPTIONS OF ${passesTo.toUpperCase()}`])];
  if (Object.keys(options).length > 0) words.push('OPTIONS');
  if (positionals?.count === 'one') words.push(positionals.value);
  if (positionals?.count === 'any') words.push(`${positionals.value} ...`);
  const optional = words.map((word) => (word === positionals?.value ? word : `[${word}]`));
  return optional.length === 0 ? `Usage: ${call}` : `Usage: ${call} -- ${optional.join(' ')}`;
}

/** @param {Command} command @returns {[string, string][]} */
function rowsOf({ options, positionals }) {
  /** @type {[string, string][]} */
  const rows = [];
  if (positionals !== undefined) {
    const choices = positionals.choices === undefined ? '' : `: ${positionals.choices.join(', ')}`;
    rows.push([positionals.value, `${positionals.description}${choices}`]);
  }
  for (const [name, option] of Object.entries(options)) rows.push([labelOf(name, option), remarkOf(option)]);
  rows.push(['--help', 'prints this text and does nothing else']);
  return rows;
}

/** The text that --help prints. @param {Command} command */
export function describeUsage(command) {
  const rows = rowsOf(command);
  const width = Math.max(...rows.map(([label]) => label.length));
  const table = rows.map(([label, remark]) => `  ${label.padEnd(width)}  ${remark}`);
  return [lineOf(command), '', command.summary, '', ...table].join('\n');
}
