/** Words that InnoDB leaves out of its index: asked for there, they would find nothing. */
const stopWords = new Set(
  `a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where who
   will with und the www`.split(/\s+/),
);
/** Shorter words are not in the index either (innodb_ft_min_token_size). */
const shortestIndexed = 3;

interface Search {
  conditions: string[];
  values: Record<string, string>;
}

/** The conditions of a search: every word of it is in name or description, at least as the beginning of one. */
export function search(q: string): Search {
  const words = (q.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).filter((word) => !stopWords.has(word));
  if (words.length === 0) return { conditions: ['FALSE'], values: {} };
  const indexed = words.filter((word) => word.length >= shortestIndexed);
  const short = new Map(
    words
      .filter((word) => word.length < shortestIndexed)
      .map((word, index) => [`short${index}`, `% ${word}%`]),
  );
  return {
    conditions: [
      // MySQL manual 14.9.2: "+" demands a word, "*" lets it go on.
      ...(indexed.length > 0 ? ['MATCH (name, description) AGAINST (:words IN BOOLEAN MODE)'] : []),
      ...[...short.keys()].map((name) => `CONCAT_WS(' ', '', name, description) LIKE :${name}`),
    ],
    values: {
      words: indexed.map((word) => `+${word}*`).join(' '),
      ...Object.fromEntries(short),
    },
  };
}
