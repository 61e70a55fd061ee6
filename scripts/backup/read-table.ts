import { createHash } from 'node:crypto';
import { escape, escapeId } from 'mysql2';
import { Refusal } from '../local/refusal.ts';
import type { Session } from './session.ts';

export interface Table {
  name: string;
  /** The quoted names of its columns. */
  columns: string;
  /** Reads its rows in the order of its primary key. */
  select: string;
  /** Which columns hold bytes instead of text. */
  binary: boolean[];
}

/** What is in a table: as many rows, and the same in each, give the same. */
export interface Contents {
  rows: number;
  sha256: string;
}

const binaryType = /binary|blob|^bit$/;

// Those that the server computes cannot be written.
const columnsOf = `SELECT column_name AS name, data_type AS type FROM information_schema.columns
  WHERE table_schema = ? AND table_name = ? AND COALESCE(generation_expression, '') = '' ORDER BY ordinal_position`;
const keysOf = `SELECT column_name AS name FROM information_schema.statistics
  WHERE table_schema = ? AND table_name = ? AND index_name = 'PRIMARY' ORDER BY seq_in_index`;
const others = `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type <> 'BASE TABLE'
  UNION ALL SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = ?
  UNION ALL SELECT routine_name FROM information_schema.routines WHERE routine_schema = ?
  UNION ALL SELECT event_name FROM information_schema.events WHERE event_schema = ?`;

async function describeTable(session: Session, schema: string, name: string): Promise<Table> {
  const columns = await session.ask(columnsOf, [schema, name]);
  const keys = await session.ask(keysOf, [schema, name]);
  const quote = ({ name: column }: { name?: string | null }): string => escapeId(column ?? '');
  const binary = columns.map(({ type }) => binaryType.test(type ?? ''));
  const read = columns.map((column, index) => (binary[index] ? `HEX(${quote(column)})` : quote(column)));
  const order = (keys.length > 0 ? keys : columns).map(quote).join(', ');
  return {
    name,
    columns: columns.map(quote).join(', '),
    select: `SELECT ${read.join(', ')} FROM ${escapeId(name)} ORDER BY ${order}`,
    binary,
  };
}

export async function listTableNames(session: Session, schema: string): Promise<string[]> {
  const sql = `SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY table_name`;
  return (await session.ask(sql, [schema])).map(({ name }) => name ?? '');
}

/** The tables of a database; it must hold nothing but tables, because nothing else is copied. */
export async function listTables(session: Session, schema: string): Promise<Table[]> {
  const [other] = await session.ask(others, Array<string>(4).fill(schema));
  if (other) {
    throw new Refusal(
      `${schema} holds ${other.name}, which is no table: scripts/backup/ copies tables only, and has to learn that first.`,
    );
  }
  const names = await listTableNames(session, schema);
  if (names.length === 0)
    throw new Refusal(`${schema} has no tables yet: start the shop once, then try again.`);
  return Promise.all(names.map((name) => describeTable(session, schema, name)));
}

/** Each row as SQL writes it: (1,'a',NULL). */
export async function* readRows(session: Session, { select, binary }: Table): AsyncGenerator<string> {
  // HEX() of a BIT is a number, which may have an odd count of digits; X'' takes pairs only.
  const pairs = (digits: string): string => (digits.length % 2 === 0 ? digits : `0${digits}`);
  const write = (value: string | null, column: number): string =>
    value !== null && binary[column] ? `X'${pairs(value)}'` : escape(value);
  for await (const row of session.read(select)) yield `(${row.map(write).join(',')})`;
}

/** Sums up the rows that go past. */
export class Tally {
  #rows = 0;
  readonly #hash = createHash('sha256');

  add(row: string): void {
    this.#rows += 1;
    this.#hash.update(row).update('\n');
  }

  contents(): Contents {
    return { rows: this.#rows, sha256: this.#hash.copy().digest('hex') };
  }
}

/** Reads a table to its end, only to know what is in it. */
export async function tallyTable(session: Session, table: Table, onRow: () => void): Promise<Contents> {
  const tally = new Tally();
  for await (const row of readRows(session, table)) {
    tally.add(row);
    onRow();
  }
  return tally.contents();
}
