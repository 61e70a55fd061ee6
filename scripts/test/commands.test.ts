import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildArgv } from 'jest-cli';
import pLimit from 'p-limit';
import { commands } from '../commands/declarations.js';
import { nearestName } from '../commands/nearest-name.js';
import { parseCommand } from '../commands/parse-command.js';
import { argumentsOf } from '../jest/run-jest.ts';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const names = Object.keys(commands) as (keyof typeof commands)[];

interface Outcome {
  code: unknown;
  stdout: string;
  stderr: string;
}

async function run(program: string, args: string[], options: object): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 20_000, ...options }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

/**
 * A checkout that holds the launcher and nothing to launch: no entry, no packages, and a PATH with Node alone. A command
 * that came further than its arguments would fail here.
 */
let bare = '';

async function contents(): Promise<string[]> {
  return (await readdir(bare, { recursive: true })).sort();
}

beforeAll(async () => {
  bare = await mkdtemp(join(tmpdir(), 'tradepost-commands-'));
  await cp(join(root, 'package.json'), join(bare, 'package.json'));
  await mkdir(join(bare, 'scripts'));
  await cp(join(root, 'scripts/tradepost.cjs'), join(bare, 'scripts/tradepost.cjs'));
  await cp(join(root, 'scripts/commands'), join(bare, 'scripts/commands'), { recursive: true });
  await mkdir(join(bare, 'bin'));
  await symlink(process.execPath, join(bare, 'bin/node'));
});

afterAll(async () => {
  await rm(bare, { recursive: true });
});

/** As npm runs a script of package.json: its line and the arguments, in a shell. */
async function runScript(name: string, ...args: string[]): Promise<Outcome> {
  const line = [scripts[name], ...args.map((arg) => `'${arg}'`)].join(' ');
  return run('/bin/sh', ['-c', line], { cwd: bare, env: { PATH: join(bare, 'bin') } });
}

const limit = pLimit(2);

/** Each test starts Node for every script. */
const patienceMs = 120_000;

describe('every script of package.json', () => {
  test('is the launcher with a declared command, and needs no script before or after it', () => {
    for (const [name, line] of Object.entries(scripts)) {
      const [, command = ''] =
        /^exec node scripts\/tradepost[.]cjs ([a-z0-9:-]+)( [a-z]+)?$/.exec(line) ?? [];
      expect([name, names]).toEqual([name, expect.arrayContaining([command])]);
      const hook = /^(pre|post)(.+)$/.exec(name);
      expect(hook !== null && (hook[2] ?? '') in scripts).toBe(false);
    }
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(names));
  });

  test(
    'prints its usage for --help and does nothing else',
    async () => {
      const before = await contents();
      const outcomes = await limit.map(Object.keys(scripts), async (name) => ({
        name,
        ...(await runScript(name, '--help')),
      }));
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Usage: npm /) });
      expect(await contents()).toEqual(before);
    },
    patienceMs,
  );

  test(
    'refuses an unknown option with the nearest one and does nothing else',
    async () => {
      const before = await contents();
      const ours = Object.keys(scripts).filter((name) => !['test', 'reliability'].includes(name));
      const outcomes = await limit.map(ours, async (name) => ({
        name,
        ...(await runScript(name, '--hepl')),
      }));
      for (const outcome of outcomes) {
        const stderr = expect.stringContaining('There is no option --hepl: the nearest one is --help.');
        expect(outcome).toMatchObject({ code: 2, stdout: '', stderr });
      }
      expect(await contents()).toEqual(before);
    },
    patienceMs,
  );

  test.each(['test', 'reliability'])('%s knows the options of Jest', async (name) => {
    const env = { ...process.env, TMPDIR: bare };
    const before = await contents();
    const outcome = await run(process.execPath, [`scripts/${name}.ts`, 'a', '--testNamePatern=x'], {
      cwd: root,
      env,
    });
    const stderr = expect.stringContaining('the nearest one is --testNamePattern.');
    expect(outcome).toMatchObject({ code: 2, stdout: '', stderr });
    expect(await contents()).toEqual(before);
  });

  test('takes no option for a path, not even through npm', async () => {
    const before = await contents();
    const secrets = (...args: string[]): Promise<Outcome> =>
      run('npm', ['run', '--silent', 'secrets', '--', ...args], { cwd: bare });
    expect(await secrets('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('DIRECTORY') });
    expect(await secrets('--', '--help')).toMatchObject({ code: 2, stdout: '' });
    expect(await contents()).toEqual(before);
  });
});

test('on another Node than the pinned one the launcher hands over words, signals and the exit code', async () => {
  const checkout = join(bare, 'another-node');
  await cp(join(bare, 'scripts'), join(checkout, 'scripts'), { recursive: true });
  await mkdir(join(checkout, 'node_modules/.bin'), { recursive: true });
  await symlink(process.execPath, join(checkout, 'node_modules/.bin/node'));
  await writeFile(join(checkout, 'package.json'), '{"devDependencies":{"node":"1.2.3"}}');
  await writeFile(join(checkout, 'package-lock.json'), '{}');
  const stamp = createHash('sha256').update('{}').digest('hex');
  await writeFile(join(checkout, 'node_modules/.tradepost-stamp'), stamp);
  const entry = `process.on('SIGTERM', () => process.exit(7));
    console.log(process.argv.slice(2).join());
    setInterval(() => {}, 1000);`;
  await writeFile(join(checkout, 'scripts/audit.ts'), entry);
  const child = spawn(process.execPath, ['scripts/tradepost.cjs', 'audit', '--data', 'a b'], {
    cwd: checkout,
  });
  const exit = once(child, 'exit');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGTERM');
  expect(await exit).toEqual([7, null]);
  expect(said.toString()).toBe('--data,a b\n');
});

test.each(names.filter((name) => name !== 'setup'))('the entry of %s reads the same declaration', (name) => {
  const { script } = commands[name] as { script: string };
  const entry = readFileSync(join(root, script), 'utf8');
  const [folder = ''] = /(?<=from '[.][/])[a-z]+(?=[/]read-choices[.]ts')/.exec(entry) ?? [];
  const choices = join(root, 'scripts', folder, 'read-choices.ts');
  const source = folder !== '' && existsSync(choices) ? readFileSync(choices, 'utf8') : entry;
  expect(source).toMatch(new RegExp(`read(Jest)?Call\\('${name}'\\)`));
  expect(entry + source).not.toContain('process.argv');
});

test('an entry that is run without the launcher answers --help, too', async () => {
  const directory = join(bare, 'elsewhere');
  await mkdir(directory);
  const outcome = await run(process.execPath, [join(root, 'scripts/secrets.ts'), '--help'], {
    cwd: directory,
  });
  expect(outcome).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: npm run secrets/) });
  expect(await readdir(directory)).toEqual([]);
});

test('Jest gets its own options, and patterns as patterns', async () => {
  const run = {
    project: 'unit',
    options: ['--runInBand'],
    chosen: ['order-service/test', '-t', 'is pending'],
  };
  expect(await buildArgv(argumentsOf(run, 'results.json'))).toMatchObject({
    _: ['order-service/test'],
    testNamePattern: 'is pending',
    selectProjects: ['unit'],
    outputFile: 'results.json',
  });
});

describe('the words of a command', () => {
  const refusal = (name: keyof typeof commands, ...words: string[]): string => {
    const parsed = parseCommand(commands[name], words);
    return parsed.kind === 'refused' ? (parsed.text.split('\n')[0] ?? '') : parsed.kind;
  };

  test.each([
    ['start', ['--prot', '80'], 'There is no option --prot: the nearest one is --port.'],
    ['start', ['-p', '80'], 'There is no option -p: the nearest one is --port.'],
    ['start', ['--port', '0'], '--port 0 is not a whole number from 1 to 65535.'],
    ['start', ['--port', '8e1'], '--port 8e1 is not a whole number from 1 to 65535.'],
    ['start', ['--port'], '--port needs a value: --port PORT.'],
    ['start', ['--port', '--tls'], '--port needs a value: --port PORT.'],
    ['start', ['--tls=yes'], '--tls takes no value.'],
    ['start', ['now'], 'The argument now is not expected.'],
    ['start', ['constructor'], 'The argument constructor is not expected.'],
    ['start', ['--constructor'], 'There is no option --constructor: the nearest one is --port.'],
    ['prove', ['--minutes', '0.4'], '--minutes 0.4 is not a number from 0.5 to 600.'],
    ['prove', ['--seed', 'a/b'], expect.stringContaining('--seed a/b is not as it must be: ')],
    ['secrets', [], 'DIRECTORY is missing.'],
    ['secrets', ['a', 'b'], 'The argument b is not expected.'],
    ['secrets', ['--', '-x'], '-x is taken for an option: write ./-x for a path of that name.'],
    ['backup', ['--to=-x'], '--to -x is not a path: write ./-x for a path of that name.'],
    ['backup', ['--from', 'compse'], '--from compse is not one of local, compose, cluster.'],
    ['restore', [], '--from DIRECTORY is missing.'],
    ['check', ['typs'], 'No PART is named typs: the nearest one is types.'],
    ['replay', ['--url', 'ftp://x'], '--url ftp://x is not an http or https address.'],
    ['replay', ['--encoding', 'latin-9000'], expect.stringContaining('is not an encoding such as')],
  ] as const)('%s %j: %s', (name, words, sentence) => {
    expect(refusal(name, ...words)).toEqual(sentence);
  });

  test('become values of their types', () => {
    const words = ['--minutes=1.5', '--buyers', '3'];
    const values = { seed: undefined, minutes: 1.5, buyers: 3 };
    expect(parseCommand(commands.prove, words)).toEqual({ kind: 'run', values, positionals: [] });
  });

  test('the nearest name takes the fewest edits', () => {
    expect(nearestName('replcas', ['port', 'replicas', 'tls'])).toBe('replicas');
    expect(nearestName('', ['ab', 'a'])).toBe('a');
  });
});
