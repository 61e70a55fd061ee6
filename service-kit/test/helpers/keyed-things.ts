import { answerOnce, claimKey, type Once } from '@tradepost/service-kit/idempotency.ts';
import { defineProblem } from '@tradepost/service-kit/problem.ts';
import { route } from '@tradepost/service-kit/route.ts';
import { createTestDatabase, type TestDatabase } from '@tradepost/service-kit/testing.ts';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { somebody, startKitApp, tokens } from './kit-app.ts';

export const tooMany = defineProblem('too-many', 409, 'There are too many');
export const bearer = tokens.bearer(somebody);

export interface Thing {
  id: string;
  name: string;
  state: string;
}

/** What a test tells the use cases to do before their work, and between its steps. */
export interface Script {
  before: () => Promise<void> | void;
  between: (thing: Thing) => Promise<void> | void;
}

const schema = [
  'CREATE TABLE things (id CHAR(36) PRIMARY KEY, name VARCHAR(200), state VARCHAR(20)) ENGINE = InnoDB',
  `CREATE TABLE idempotency_claims (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, scope BINARY(32) NOT NULL, body_digest BINARY(32) NOT NULL,
    resource_id CHAR(36) NOT NULL, lease_until DATETIME(3) NOT NULL, UNIQUE KEY (scope)
  ) ENGINE = InnoDB`,
  `CREATE TABLE idempotency_answers (
    resource_id CHAR(36) NOT NULL PRIMARY KEY, status SMALLINT UNSIGNED NOT NULL, headers VARCHAR(1000) NOT NULL,
    body MEDIUMTEXT NOT NULL, created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
  ) ENGINE = InnoDB`,
];

const answer = (thing: Thing) =>
  thing.state === 'refused'
    ? tooMany('No more.', { members: { thingId: thing.id } })
    : { status: 201, headers: { Location: `/things/${thing.id}` }, body: thing };

async function readThing(database: TestDatabase, id: string | null): Promise<Thing> {
  const [thing] = await database.select<Thing>('SELECT id, name, state FROM things WHERE id = :id', { id });
  if (!thing) throw new Error(`There is no thing ${id}.`);
  return thing;
}

type Make = (once: Once<Thing>, name: string) => Promise<void>;

/** Two transactions with something slow between them. */
function makeInSteps(database: TestDatabase, script: Script): Make {
  return async (once, name) => {
    await script.before();
    const id = uuidv7();
    await database.transaction(async (tx) => {
      await database.change("INSERT INTO things VALUES (:id, :name, 'begun')", { id, name }, tx);
      await claimKey(database, tx, { request: once.request, resourceId: id });
    });
    const thing = { id, name, state: 'done' };
    await script.between(thing);
    await database.transaction(async (tx) => {
      await database.change('UPDATE things SET state = :state WHERE id = :id', thing, tx);
      await once.keep(thing, tx);
    });
  };
}

/** All in one transaction. */
function makeAtOnce(database: TestDatabase, script: Script): Make {
  return async (once, name) => {
    await script.before();
    const thing = { id: uuidv7(), name, state: 'done' };
    await database.transaction(async (tx) => {
      await claimKey(database, tx, { request: once.request, resourceId: thing.id });
      await database.change('INSERT INTO things VALUES (:id, :name, :state)', thing, tx);
      await script.between(thing);
      await once.keep(thing, tx);
    });
  };
}

const maker = (path: string, make: Make, database: TestDatabase) =>
  route({
    method: 'post',
    path,
    summary: 'Make a thing',
    access: 'user',
    idempotent: true,
    body: z.strictObject({ name: z.string() }),
    answers: { 201: z.object({ id: z.string(), name: z.string(), state: z.string() }) },
    handle: ({ keyed, body }) =>
      answerOnce<Thing>(database, keyed, {
        work: (once) => make(once, body.name),
        answer,
        recover: (id) => readThing(database, id),
      }),
  });

/** /things works in steps, /at-once in one transaction; both as the script says. */
export async function startKeyedThings() {
  const database = await createTestDatabase(undefined, 10);
  for (const sql of schema) await database.sequelize.query(sql);
  const script: Script = { before: () => undefined, between: () => undefined };
  const app = await startKitApp([
    maker('/things', makeInSteps(database, script), database),
    maker('/at-once', makeAtOnce(database, script), database),
  ]);
  return {
    database,
    script,
    request: app.request,
    post: (key: string, name = 'a', path = '/things') =>
      app.request.post(path).set({ Authorization: bearer, 'Idempotency-Key': key }).send({ name }),
    countThings: async () => (await database.select('SELECT id FROM things')).length,
    async reset() {
      Object.assign(script, { before: () => undefined, between: () => undefined });
      await database.sequelize.query('DELETE FROM things');
    },
    async stop() {
      await app.close();
      await database.drop();
    },
  };
}
