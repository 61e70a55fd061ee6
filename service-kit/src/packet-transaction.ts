import mysql, { type PoolConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';

/** A statement with `?` for each value; an array of rows as a value becomes the list behind VALUES. */
export interface Statement {
  sql: string;
  values: readonly unknown[];
}

/** What a statement came to: the rows that it changed, or the rows that it read. */
export interface StatementResult {
  changed: number;
  rows: readonly RowDataPacket[];
}

/** A transaction that sends several statements in one packet: a group of requests costs few trips to the database. */
export interface PacketTransaction {
  /**
   * Sends statements in one packet, in their order. The first that fails ends the transaction.
   * @returns the result of each
   */
  send(...statements: readonly Statement[]): Promise<StatementResult[]>;
  /** Sends the last statements of the transaction with COMMIT behind them: one trip less. */
  sendLast(...statements: readonly Statement[]): Promise<StatementResult[]>;
}

export interface PacketPool {
  /** Runs work in one transaction on a connection of its own; COMMIT when it resolves, else ROLLBACK. */
  transact<T>(work: (tx: PacketTransaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface PoolSettings {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** Statements that make a new session equal to those of the other pool. */
  sessionSetup: readonly string[];
}

/** Groups run one after the other, so few connections are enough. */
const connections = 4;
/** A trip that takes longer ends its connection: a server that hangs must not hold up every later group. */
const tripMs = 4_000;

function toResult(one: unknown): StatementResult {
  if (Array.isArray(one)) return { changed: 0, rows: one as RowDataPacket[] };
  return { changed: (one as ResultSetHeader).affectedRows, rows: [] };
}

async function sendPacket(
  connection: PoolConnection,
  statements: readonly Statement[],
): Promise<StatementResult[]> {
  const sql = statements.map((one) => connection.format(one.sql, [...one.values])).join(';\n');
  const [answer] = await connection.query({ sql, timeout: tripMs });
  const results: unknown[] = statements.length === 1 ? [answer] : (answer as unknown[]);
  return results.map(toResult);
}

const begin: Statement = { sql: 'START TRANSACTION', values: [] };
const commit: Statement = { sql: 'COMMIT', values: [] };
const rollback: Statement = { sql: 'ROLLBACK', values: [] };

/** Reads the clock that all replicas share, as `now`. */
export const selectNow: Statement = { sql: 'SELECT NOW(3) AS now', values: [] };

/** The time that selectNow read. */
export function readNow(result: StatementResult | undefined): Date {
  return result?.rows[0]?.now as Date;
}

function beginOn(connection: PoolConnection) {
  let state: 'new' | 'open' | 'ended' = 'new';
  const send = async (statements: readonly Statement[]): Promise<StatementResult[]> => {
    const isFirst = state === 'new';
    state = 'open';
    const results = await sendPacket(connection, isFirst ? [begin, ...statements] : statements);
    return isFirst ? results.slice(1) : results;
  };
  return {
    send: (...statements: readonly Statement[]) => send(statements),
    async sendLast(...statements: readonly Statement[]) {
      const results = await send([...statements, commit]);
      state = 'ended';
      return results.slice(0, -1);
    },
    async commit(): Promise<void> {
      if (state === 'open') await send([commit]);
    },
    /** A connection that cannot roll back, or whose server gives no answer, is closed: that ends its transaction too. */
    async rollBack(error: unknown): Promise<void> {
      const isLost = (error as { fatal?: boolean } | undefined)?.fatal === true;
      if (!isLost) {
        const rolledBack = await sendPacket(connection, [rollback]).catch(() => undefined);
        if (rolledBack) {
          connection.release();
          return;
        }
      }
      connection.destroy();
    },
  };
}

/**
 * Opens a pool whose connections take several statements in one packet (MySQL manual 11.2, CLIENT_MULTI_STATEMENTS).
 * Such a connection lets an injected semicolon start another statement. Therefore every value goes through mysql2's
 * `format`, and the pool serves no other query.
 */
export function openPacketPool({ sessionSetup, ...server }: PoolSettings): PacketPool {
  const pool = mysql.createPool({
    ...server,
    connectionLimit: connections,
    idleTimeout: 60_000,
    connectTimeout: 2_000,
    multipleStatements: true,
    timezone: 'Z',
    // Affected rows are changed rows, as for Sequelize.
    flags: ['-FOUND_ROWS'],
  });
  pool.pool.on('connection', (connection) => {
    // The session is set up before the first packet: a connection works through its queries in their order.
    connection.query(sessionSetup.join(';'), (error: unknown) => {
      if (error) connection.destroy();
    });
  });
  let closing: Promise<void> | undefined;
  return {
    async transact(work) {
      const connection = await pool.getConnection();
      const tx = beginOn(connection);
      try {
        const result = await work(tx);
        await tx.commit();
        connection.release();
        return result;
      } catch (error) {
        await tx.rollBack(error);
        throw error;
      }
    },
    close: () => (closing ??= pool.end()),
  };
}
