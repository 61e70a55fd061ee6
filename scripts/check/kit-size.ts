import { filesOf, lineCount, read, type Breach } from './source.ts';

const LIMIT = 1800;

/** The kit stays something one person can know: 1,800 lines, all counted. */
export function kitSize(root: string): Breach[] {
  const lines = filesOf(root, /^service-kit[/]src[/]/)
    .map((file) => lineCount(read(root, file)))
    .reduce((sum, count) => sum + count, 0);
  return lines > LIMIT ? [{ file: 'service-kit/src', message: `${lines} lines, at most ${LIMIT}` }] : [];
}
