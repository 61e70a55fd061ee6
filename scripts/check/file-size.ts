import { linesOfCode } from './lines-of-code.ts';
import { filesOf, parse, type Breach } from './source.ts';

const LIMIT = 250;
const SCRIPT_LIMIT = 150;

/** A file is read in one sitting: 250 lines of code, a script 150. */
export function fileSize(root: string): Breach[] {
  return filesOf(root, /[.](ts|js|cjs)$/).flatMap((file) => {
    const limit = isScript(file) ? SCRIPT_LIMIT : LIMIT;
    const lines = linesOfCode(parse(root, file));
    return lines > limit ? [{ file, message: `${lines} lines of code, at most ${limit}` }] : [];
  });
}

function isScript(file: string): boolean {
  return file.startsWith('scripts/') && !file.includes('/test/');
}
