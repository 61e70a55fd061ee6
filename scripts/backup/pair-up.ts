import type { Row, Session } from './session.ts';

/** Rows of two databases that have the same id; one of them may be missing. */
export interface Pair {
  id: string;
  left?: Row;
  right?: Row;
}

export interface Side {
  session: Session;
  /** Gives rows in the order of their first column, an id. */
  sql: string;
  /** The names of its columns. */
  columns: readonly string[];
}

async function* readSide({ session, sql, columns }: Side): AsyncGenerator<Row> {
  for await (const values of session.read(sql))
    yield Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null]));
}

/** Goes through both at once, row by row: neither needs to fit into memory. */
export async function* pairUp(left: Side, right: Side): AsyncGenerator<Pair> {
  const [lefts, rights] = [readSide(left), readSide(right)];
  let [one, other] = [await lefts.next(), await rights.next()];
  while (!one.done || !other.done) {
    const ids = [one, other].flatMap(({ done, value }) => (done ? [] : [value.id ?? '']));
    const id = ids.sort()[0] ?? '';
    const pair: Pair = { id };
    if (!one.done && one.value.id === id) {
      pair.left = one.value;
      one = await lefts.next();
    }
    if (!other.done && other.value.id === id) {
      pair.right = other.value;
      other = await rights.next();
    }
    yield pair;
  }
}
