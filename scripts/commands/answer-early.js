/** @typedef {import('./command.ts').Parsed} Parsed */

/** As shells and most programs answer a wrong call. */
export const wrongCall = 2;

/**
 * Ends the process when there is nothing to run: with the usage and 0, or with a refusal and 2.
 * @param {Parsed} parsed
 * @returns {Extract<Parsed, { kind: 'run' }>}
 */
export function answerEarly(parsed) {
  if (parsed.kind === 'run') return parsed;
  if (parsed.kind === 'help') {
    console.log(parsed.text);
    process.exit(0);
  }
  console.error(parsed.text);
  process.exit(wrongCall);
}
