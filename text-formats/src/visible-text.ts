/**
 * Letters, digits, punctuation and symbols, without those that Unicode draws as nothing: the default-ignorable ones
 * (Hangul fillers among them), the blank Braille pattern and the null notehead. A combining mark needs one of these
 * below it. Separators and control, format and private characters are in none of the four categories.
 */
const visible = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u{2800}\u{1D159}]]/v;

/** Whether a reader can see anything of a text. */
export function isVisible(text: string): boolean {
  return visible.test(text);
}

/** Whether every program on the way keeps a text unchanged: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Deeper than any schema goes: what lies below is refused as an unknown field. */
const deepest = 10;

/** The paths of all texts in a JSON value that are not storable. */
export function findUnstorable(value: unknown, path: PropertyKey[] = []): PropertyKey[][] {
  if (typeof value === 'string') return isStorable(value) ? [] : [path];
  if (typeof value !== 'object' || value === null || path.length === deepest) return [];
  return Object.entries(value).flatMap(([name, inner]) => findUnstorable(inner, [...path, name]));
}
