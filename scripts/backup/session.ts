import { createConnection, escapeId, type Connection, type ConnectionOptions } from 'mysql2';
import { once } from 'node:events';

export type Row = Record<string, string | null>;

/** Nothing may be read or written differently because a server is set up differently. */
const settings = `SET SESSION time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO', group_concat_max_len = 1000000,
  net_read_timeout = 600, net_write_timeout = 600`;

/** A conversation with a database server, as its administrator. */
export class Session {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  static async open(options: ConnectionOptions): Promise<Session> {
    const connection = createConnection({
      ...options,
      charset: 'utf8mb4',
      connectTimeout: 20_000,
      // Every value as the server writes it: what JavaScript would make of a BIGINT or a DATETIME is not the same.
      typeCast: (field) => field.buffer()?.toString() ?? null,
    });
    await once(connection, 'connect');
    // Whoever asks next is told; without a listener the loss would end the process before it can clean up.
    connection.on('error', () => undefined);
    const session = new Session(connection);
    await session.run(settings);
    return session;
  }

  async run(sql: string): Promise<void> {
    await this.#connection.promise().query(sql);
  }

  /** From now on names of tables are those of this schema. */
  use(schema: string): Promise<void> {
    return this.run(`USE ${escapeId(schema)}`);
  }

  async ask(sql: string, values: unknown[] = []): Promise<Row[]> {
    const [rows] = await this.#connection.promise().query(sql, values);
    return rows as Row[];
  }

  /** However many rows there are, only a few are in memory. */
  read(sql: string): AsyncIterable<(string | null)[]> {
    return this.#connection.query({ sql, rowsAsArray: true }).stream({ highWaterMark: 500 });
  }

  /** What is still locked or open on the server goes with the connection. */
  close(): void {
    this.#connection.destroy();
  }
}
