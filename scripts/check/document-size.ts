import { filesOf, lineCount, read, type Breach } from './source.ts';

const LIMITS: [RegExp, number][] = [
  [/(^|[/])README[.]md$/, 150],
  [/^docs[/]decisions[/].+[.]md$/, 60],
];

/** A README has 150 lines at most, a decision record 60. */
export function documentSize(root: string): Breach[] {
  return LIMITS.flatMap(([pattern, limit]) =>
    filesOf(root, pattern).flatMap((file) => {
      const lines = lineCount(read(root, file));
      return lines > limit ? [{ file, message: `${lines} lines, at most ${limit}` }] : [];
    }),
  );
}
