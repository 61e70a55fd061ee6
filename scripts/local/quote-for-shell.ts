/** A word as a POSIX shell reads it unchanged (XCU, section 2.2.2); plain words stay as they are. */
export function quoteForShell(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
