import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serverArguments } from '../local/database-arguments.ts';
import { chooseSocketPath, findSocketPath } from '../local/database-files.ts';
import type { DatabaseProgram } from '../local/find-programs.ts';
import { quoteForShell } from '../local/quote-for-shell.ts';

const run = promisify(execFile);
const odd = `a b$c"d'e;f%41\u00e9\u738b#?(x)[y]{z}&!\`u\`~|<>`;
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tradepost-paths-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

test.each(['MariaDB', 'MySQL'] as const)('%s is given no part of the path of the checkout', (vendor) => {
  const data = `/${odd}:\\/.data`;
  const program: DatabaseProgram = { vendor, series: '', path: '', installDb: null };
  const args = serverArguments(program, {
    files: `${data}/database`,
    socketPath: `${data}/database.sock`,
    port: 1,
    initFile: `${data}/set-root-password.sql`,
    temporary: `${data}/database-tmp`,
  });
  expect(args).toEqual(
    expect.arrayContaining([
      ...['--datadir=.', '--tmpdir=../database-tmp', '--socket=../database.sock', '--pid-file=server.pid'],
      '--init-file=../set-root-password.sql',
    ]),
  );
  expect(args.filter((arg) => /[^\w.,/+=:-]/.test(arg))).toEqual([]);
});

test('the socket of a data directory is found again, also where its path is too long for one', async () => {
  for (const name of [odd, `${odd}${'x'.repeat(100)}`]) {
    const data = join(directory, name);
    await mkdir(data);
    const socket = await chooseSocketPath(data);
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(107);
    expect(await findSocketPath(data)).toBeUndefined();
    await writeFile(socket, '');
    expect(await findSocketPath(data)).toBe(socket);
    if (!socket.startsWith(data)) await rm(join(socket, '..'), { recursive: true });
  }
});

test('a path that is printed for a shell is read by it unchanged', async () => {
  for (const word of [odd, `back\\slash\nand line`, 'deployment/overlays/production', '']) {
    const { stdout } = await run('/bin/sh', ['-c', `printf %s ${quoteForShell(word)}`]);
    expect(stdout).toBe(word);
  }
});

test('a path with a backslash is refused in one sentence, because Node loads no modules from it', async () => {
  const checkout = join(directory, 'back\\slash');
  await mkdir(join(checkout, 'scripts'), { recursive: true });
  await cp(join(import.meta.dirname, '../tradepost.cjs'), join(checkout, 'scripts/tradepost.cjs'));
  const refusal = run(process.execPath, [join(checkout, 'scripts/tradepost.cjs'), 'start']);
  const stderr = expect.stringMatching(/^Node loads no modules from a path with a backslash: .+\n$/);
  await expect(refusal).rejects.toMatchObject({ code: 1, stderr });
});

test('Jest finds the tests of a checkout whatever its path holds', async () => {
  const checkout = join(directory, `${odd}-jest`);
  const own = join(checkout, 'kit/test');
  await mkdir(own, { recursive: true });
  const root = join(import.meta.dirname, '../..');
  for (const file of ['jest.config.js', 'package.json', 'scripts/jest'])
    await cp(join(root, file), join(checkout, file), { recursive: true });
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
  await mkdir(join(checkout, 'e2e/faults'), { recursive: true });
  await writeFile(join(own, 'one.test.ts'), '');
  const args = [join(root, 'node_modules/jest/bin/jest.js'), '--listTests', '--selectProjects', 'unit'];
  const { stdout } = await run(process.execPath, args, { cwd: checkout });
  expect(stdout).toContain(join(own, 'one.test.ts'));
});
