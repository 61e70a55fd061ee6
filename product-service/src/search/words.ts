/** Canonical decomposition splits a letter from these, so that `École` and `ecole` are one word. */
const removedMarks = /[\u0300-\u036f]/g;
/** A mark belongs to the letter before it: the variation selector behind an emoji begins no word. */
const run = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const unspacedRun = /((?:[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]\p{M}*)+)/u;
const character = /\P{M}\p{M}*/gu;

/**
 * Normalises a text for comparison: NFKC, lower case, without the marks U+0300 to U+036F, NFC.
 * The final sigma becomes the common one: `toLowerCase` makes it of the last letter of a word, and a query may stop there.
 */
export function normalise(text: string): string {
  const lower = text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ');
  return lower.normalize('NFD').replace(removedMarks, '').normalize('NFC').trim();
}

/** `東京都` has the words `東京` and `京都`: these scripts put no blanks between words. */
function pairsOf(unspaced: string): string[] {
  const characters = unspaced.match(character) ?? [];
  if (characters.length < 2) return [unspaced];
  return characters.slice(1).map((second, index) => `${characters[index] ?? ''}${second}`);
}

/**
 * The words of a normalised text, in its order: each run of letters, digits and marks is a word; a run of Han, Hiragana or
 * Katakana becomes its overlapping pairs.
 */
export function wordsOf(normalised: string): string[] {
  return (normalised.match(run) ?? [])
    .flatMap((letters) => letters.split(unspacedRun))
    .filter((part) => part !== '')
    .flatMap((part) => (unspacedRun.test(part) ? pairsOf(part) : [part]));
}
