import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2';
import { ConnectionAcquireTimeoutError, QueryTypes, Sequelize, type Transaction } from 'sequelize';
import { type Clock, createDatabaseClock, type DatabaseClock } from './clock.ts';
import type { CommonConfig } from './config.ts';
import { openPacketPool, type PacketPool, type PacketTransaction } from './packet-transaction.ts';

export type DatabaseSettings = Pick<
  CommonConfig,
  'DB_HOST' | 'DB_PORT' | 'DB_NAME' | 'DB_USER' | 'DB_PASSWORD' | 'DB_POOL_SIZE'
>;
export type PoolState = Record<'used' | 'idle' | 'waiting', number>;

export interface Database {
  sequelize: Sequelize;
  /** Runs work in one READ COMMITTED transaction; the whole of it again after a deadlock or a lock time-out. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The same for groups of requests, which send several statements in one packet, in plain SQL. */
  packets<T>(work: (tx: PacketTransaction) => Promise<T>): Promise<T>;
  /** Rows of a SELECT with named replacements; inside a transaction only with its `tx`. */
  select<Row extends object>(sql: string, values?: object, tx?: Transaction): Promise<Row[]>;
  /** Runs an UPDATE or DELETE with named replacements and tells how many rows it changed. */
  change(sql: string, values: object, tx?: Transaction): Promise<number>;
  pool: () => PoolState;
  /** The database's clock; measured at each new connection and at each ping. */
  clock: Clock;
  /** Fails when the database cannot be reached; a pool whose connections are all at work is no such failure. */
  ping: () => Promise<void>;
  close: () => Promise<void>;
}

/** ER_CHECKREAD (MariaDB), ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK: InnoDB asks to start over. */
const retryable = new Set([1020, 1205, 1213]);
/**
 * The server stops: ER_SERVER_SHUTDOWN, ER_QUERY_INTERRUPTED, ER_CONNECTION_KILLED (MariaDB). Its disk is full:
 * ER_DISK_FULL, ER_ERROR_ON_WRITE, ER_GET_ERRNO, ER_RECORD_FILE_FULL.
 */
const unable = new Set([1053, 1317, 1927, 1021, 1026, 1030, 1114]);
const maxRetries = 3;
/** With the lock wait of one second, an answer leaves within 4 s even when somebody else keeps a row locked. */
const retryWindowMs = 2_000;

/** What is to be done once the transaction at work has committed. */
const openTransaction = new AsyncLocalStorage<(() => void)[]>();

/** Refuses what must not wait inside a transaction: an HTTP call there holds row locks for as long as a stranger likes. */
export function assertOutsideTransaction(what: string): void {
  if (openTransaction.getStore())
    throw new Error(`${what} inside a database transaction: move it before or after`);
}

/** Does something when the transaction at work has committed, or at once outside of one; never when it is rolled back. */
export function afterCommit(work: () => void): void {
  const waiting = openTransaction.getStore();
  if (waiting) waiting.push(work);
  else work();
}

/** The number of a statement's fault (MySQL error reference), from Sequelize or mysql2; undefined for any other error. */
export function errorNumber(error: unknown): number | undefined {
  const { parent, errno } = (error ?? {}) as { parent?: { errno?: number }; errno?: number };
  return (parent ?? { errno }).errno;
}

/** Whether the database could not, for a while: a connection lost, a server that stops or is full, a lock not had in all tries. */
export function isPassing(error: unknown): boolean {
  const fault = (error as { parent?: unknown } | undefined)?.parent ?? error;
  const number = errorNumber(error) ?? 0;
  return (
    (fault as { fatal?: boolean } | undefined)?.fatal === true || retryable.has(number) || unable.has(number)
  );
}

/** Whether a statement failed because a unique index has that value already (ER_DUP_ENTRY). */
export function isDuplicate(error: unknown): boolean {
  return errorNumber(error) === 1062;
}

/** Whether a statement came to no end because of locks that others keep (ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK). */
export function isLockedOut(error: unknown): boolean {
  return errorNumber(error) === 1205 || errorNumber(error) === 1213;
}

/**
 * Both servers shall judge statements alike, and nobody waits for a row lock for 50 s, the default. A connection that is
 * silent for longer than the pool keeps one belongs to nobody any more: its locks end with it.
 */
const sessionSetup = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION innodb_lock_wait_timeout = 1, wait_timeout = 90, sql_mode = 'STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,NO_ENGINE_SUBSTITUTION'`,
];
const readTime = 'SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS time';

/**
 * Retries a whole transaction, never one statement: InnoDB has rolled all of it back (MySQL manual 17.7.5.3).
 * @param attempt one run from BEGIN to COMMIT
 */
export async function retryTransaction<T>(attempt: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const spent = retries >= maxRetries || performance.now() - startedAt > retryWindowMs;
      if (spent || !retryable.has(errorNumber(error) ?? 0)) throw error;
      await sleep(Math.random() * 20 * 2 ** retries);
    }
  }
}

/**
 * Runs a whole transaction, again after a deadlock, and then the work that waits for its COMMIT. Sequelize's own
 * afterCommit runs after a COMMIT that failed, too.
 * @param begin runs its argument between BEGIN and COMMIT
 */
function transactBy<Tx, T>(
  begin: (run: (tx: Tx) => Promise<T>) => Promise<T>,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return retryTransaction(async () => {
    const waiting: (() => void)[] = [];
    const result = await begin((tx) => openTransaction.run(waiting, () => work(tx)));
    waiting.forEach((doIt) => doIt());
    return result;
  });
}

function readPool(sequelize: Sequelize): PoolState {
  // sequelize-pool has these; Sequelize does not declare them.
  const manager = sequelize.connectionManager as unknown as {
    pool: Record<'using' | 'available' | 'waiting', number>;
  };
  return { used: manager.pool.using, idle: manager.pool.available, waiting: manager.pool.waiting };
}

const timeIn = (rows: object[]): number => Number((rows as { time: unknown }[])[0]?.time);

/** Prepares a new connection, and measures the clock of the server that it leads to. */
async function setUp(connection: Connection, clock: DatabaseClock): Promise<void> {
  const server = connection.promise();
  for (const sql of sessionSetup) await server.query(sql);
  await clock.measure(async () => timeIn((await server.query<RowDataPacket[]>(readTime))[0]));
}

/** Opens the pool for groups. Sequelize sets the time zone of its sessions by itself; here it is part of the set-up. */
function openPackets(settings: DatabaseSettings): PacketPool {
  return openPacketPool({
    host: settings.DB_HOST,
    port: settings.DB_PORT,
    database: settings.DB_NAME,
    user: settings.DB_USER,
    password: settings.DB_PASSWORD,
    sessionSetup: ["SET time_zone = '+00:00'", ...sessionSetup],
  });
}

/**
 * Opens a pool of connections; nothing connects before the first query.
 * @param settings where the database is, and as whom
 * @param acquireMs how long a query may wait for a connection of the pool before it fails
 */
export function openDatabase(settings: DatabaseSettings, acquireMs = 4_500): Database {
  const sequelize = new Sequelize(settings.DB_NAME, settings.DB_USER, settings.DB_PASSWORD, {
    host: settings.DB_HOST,
    port: settings.DB_PORT,
    dialect: 'mysql',
    logging: false,
    pool: { max: settings.DB_POOL_SIZE, acquire: acquireMs, idle: 60_000 },
    dialectOptions: { connectTimeout: 2_000 },
    define: { underscored: true, freezeTableName: true, timestamps: false },
  });
  const clock = createDatabaseClock();
  sequelize.addHook('afterConnect', (connection) => setUp(connection as Connection, clock));
  const packetPool = openPackets(settings);
  return {
    sequelize,
    transaction: (work) => transactBy((run) => sequelize.transaction(run), work),
    packets: (work) => transactBy((run) => packetPool.transact(run), work),
    select: (sql, values = {}, tx?) =>
      sequelize.query(sql, { replacements: { ...values }, type: QueryTypes.SELECT, transaction: tx ?? null }),
    change: async (sql, values, tx?) => {
      // Sequelize calls the number of affected rows the result of a bulk update, whatever the statement.
      const query = { replacements: { ...values }, type: QueryTypes.BULKUPDATE, transaction: tx ?? null };
      return Number(await sequelize.query(sql, query as object));
    },
    pool: () => readPool(sequelize),
    clock,
    ping: async () => {
      const read = async () => timeIn(await sequelize.query(readTime, { type: QueryTypes.SELECT }));
      await clock.measure(read).catch((error: unknown) => {
        if (!(error instanceof ConnectionAcquireTimeoutError)) throw error;
      });
    },
    close: async () => {
      await Promise.all([sequelize.close(), packetPool.close()]);
    },
  };
}
