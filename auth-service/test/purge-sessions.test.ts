import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditAccounts } from '../src/audit/audit-accounts.ts';
import { oldFamilies, oldSessions } from '../src/sessions/sessions.queries.ts';
import { type AuthApp, startAuthApp } from './helpers/auth-app.ts';

let app: AuthApp;
beforeAll(async () => {
  app = await startAuthApp();
});
afterAll(() => app.stop());

/** Somebody who has refreshed once, so that their session has a token that was used and one that was not. */
async function personWithFamily() {
  const person = await app.register();
  const { body } = await refresh(person.refreshToken).expect(200);
  return { ...person, second: body.refreshToken as string };
}

const refresh = (refreshToken: string) => app.request.post('/api/v1/auth/refresh').send({ refreshToken });

/** Lets time pass for one person, but for what comes afterwards. */
async function age(id: string, days: number): Promise<void> {
  await app.database.change(
    `UPDATE refresh_tokens JOIN sessions ON sessions.id = session_id
        SET expires_at = expires_at - INTERVAL :days DAY, used_at = used_at - INTERVAL :days DAY,
            created_at = created_at - INTERVAL :days DAY
      WHERE user_id = :id`,
    { id, days },
  );
}

async function purge(): Promise<void> {
  for (const deletion of [oldFamilies, oldSessions]) while ((await app.database.change(deletion, {})) > 0);
}

async function rowsOf(id: string): Promise<{ sessions: number; tokens: number }> {
  const [row] = await app.database.select<{ sessions: number; tokens: number }>(
    `SELECT COUNT(DISTINCT sessions.id) AS sessions, COUNT(token_hash) AS tokens
       FROM sessions LEFT JOIN refresh_tokens ON session_id = sessions.id WHERE user_id = :id`,
    { id },
  );
  return { sessions: Number(row?.sessions), tokens: Number(row?.tokens) };
}

test('a session goes, with all of its tokens, a day after the last one has expired', async () => {
  const { id, second } = await personWithFamily();
  await age(id, 30);
  await purge();
  expect(await rowsOf(id)).toEqual({ sessions: 1, tokens: 2 });
  await age(id, 2);
  await purge();
  expect(await rowsOf(id)).toEqual({ sessions: 0, tokens: 0 });
  expect((await refresh(second).expect(401)).body.code).toBe('refresh-invalid');
});

test('a session that was ended goes likewise', async () => {
  const { id, bearer } = await personWithFamily();
  await app.request.post('/api/v1/auth/logout').set('Authorization', bearer).expect(204);
  await purge();
  expect(await rowsOf(id)).toEqual({ sessions: 1, tokens: 2 });
  await age(id, 32);
  await purge();
  expect(await rowsOf(id)).toEqual({ sessions: 0, tokens: 0 });
});

test('a session that is refreshed keeps every token, and the oldest one that comes again ends it', async () => {
  const { id, refreshToken, second } = await personWithFamily();
  await age(id, 29);
  const third = (await refresh(second).expect(200)).body.refreshToken;
  await age(id, 29);
  await purge();
  expect(await rowsOf(id)).toEqual({ sessions: 1, tokens: 3 });
  expect((await refresh(refreshToken).expect(401)).body.code).toBe('refresh-reused');
  expect((await refresh(third).expect(401)).body.code).toBe('refresh-invalid');
});

test('both searches have an index at hand, and the audit finds nothing amiss', async () => {
  for (const [deletion, index] of [
    [oldFamilies, 'refresh_tokens_unused'],
    [oldSessions, 'sessions_created'],
  ]) {
    const plan = await app.database.select(`EXPLAIN FORMAT=JSON ${deletion}`);
    expect(JSON.stringify(plan)).toContain(index);
  }
  const found = await auditAccounts({ database: app.database });
  expect(found.filter(({ breaches }) => breaches > 0)).toEqual([]);
});
