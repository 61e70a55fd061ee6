import { filesOf, lineCount, read, type Breach } from './source.ts';

const LIMITS = { main: 40, app: 60 };

/** The process and the pipeline of a service are each seen on one screen. */
export function entrySize(root: string): Breach[] {
  return Object.entries(LIMITS).flatMap(([name, limit]) =>
    filesOf(root, new RegExp(`^[a-z-]+/src/${name}[.]ts$`)).flatMap((file) => {
      const lines = lineCount(read(root, file));
      return lines > limit ? [{ file, message: `${lines} lines, at most ${limit}` }] : [];
    }),
  );
}
