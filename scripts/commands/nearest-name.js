/**
 * The edits (insertions, deletions, substitutions) between two texts: Levenshtein's distance. Written here, because it
 * is needed before the packages are installed.
 * @param {string} one
 * @param {string} other
 */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/**
 * The name that takes the fewest edits.
 * @param {string} text
 * @param {readonly string[]} names
 */
export function nearestName(text, names) {
  return [...names].sort((a, b) => distance(text, a) - distance(text, b))[0] ?? '';
}
