/** A record with the number of the line in which it begins, or the reason why it is none. */
export type CsvRecord = { line: number; fields: string[] } | { line: number; fault: string };

interface Field {
  value: string;
  /** Where the separator behind it stands. */
  end: number;
}

const unquoted = /[^,\r\n]*/y;
const lineBreak = /\r\n|\n|\r/g;

function matchFrom(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start;
  return pattern.exec(text);
}

/** The text between quotes, in which two quotes stand for one; nothing when it does not end where a field ends. */
function readQuoted(text: string, start: number): Field | undefined {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  const next = text[quote + 1] ?? '\n';
  if (quote < 0 || !',\r\n'.includes(next)) return undefined;
  return { value: text.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 };
}

/** A quote that is not the first character of a field is a character like any other: `12" RULER`. */
function readField(text: string, start: number): Field | undefined {
  if (text[start] === '"') return readQuoted(text, start);
  const value = matchFrom(unquoted, text, start)?.[0] ?? '';
  return { value, end: start + value.length };
}

interface Record {
  fields: string[];
  end: number;
}

function readRecord(text: string, start: number): Record | undefined {
  const fields: string[] = [];
  for (let at = start; ; at += 1) {
    const field = readField(text, at);
    if (field === undefined) return undefined;
    fields.push(field.value);
    at = field.end;
    if (text[at] !== ',') return { fields, end: at };
  }
}

/** Where the line after the next line break begins; the end of the text when there is no other line. */
function nextLine(text: string, from: number): number {
  const found = matchFrom(lineBreak, text, from);
  return found === null ? text.length : found.index + found[0].length;
}

const countBreaks = (text: string): number => text.match(lineBreak)?.length ?? 0;

/** What a record, or the lack of one, is among records of `width` fields. */
function judge(record: Record | undefined, line: number, width: number | undefined): CsvRecord {
  if (record === undefined) return { line, fault: 'has a quoted field that is not closed as RFC 4180 asks' };
  const { fields } = record;
  if (width === undefined || fields.length === width) return { line, fields };
  return { line, fault: `has ${fields.length} fields instead of ${width}` };
}

const isBlank = (record: Record | undefined): boolean =>
  record?.fields.length === 1 && record.fields[0] === '';

/**
 * Reads comma-separated values (RFC 4180), whose lines end with CRLF, LF or CR. Blank lines are left out. After a record
 * that cannot be read, or has another number of fields than the first, reading goes on in the next line: a quote that is
 * never closed costs one line, not the rest of the file.
 */
export function* parseCsv(text: string): Generator<CsvRecord, undefined> {
  let [line, start] = [1, 0];
  let width: number | undefined;
  while (start < text.length) {
    const record = readRecord(text, start);
    const judged = judge(record, line, width);
    if (!isBlank(record)) {
      if ('fields' in judged) width ??= judged.fields.length;
      yield judged;
    }
    const next = nextLine(text, record !== undefined && 'fields' in judged ? record.end : start);
    line += countBreaks(text.slice(start, next));
    start = next;
  }
}
