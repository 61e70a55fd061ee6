import { linesOfCode } from './lines-of-code.ts';
import { filesOf, parse, type Breach } from './source.ts';

const LIMIT = 1900;

/** The kit stays something one person can know: 1,900 lines of code. Its long docstrings are there to be read. */
export function kitSize(root: string): Breach[] {
  const lines = filesOf(root, /^service-kit[/]src[/]/)
    .map((file) => linesOfCode(parse(root, file)))
    .reduce((sum, count) => sum + count, 0);
  return lines > LIMIT
    ? [{ file: 'service-kit/src', message: `${lines} lines of code, at most ${LIMIT}` }]
    : [];
}
