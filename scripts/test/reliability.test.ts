import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faults } from '../reliability/faults.ts';
import { readHealed, readOutcomes } from '../reliability/read-results.ts';
import { listFailed, renderTable } from '../reliability/render-table.ts';

const root = join(import.meta.dirname, '../..');
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts;

describe('the list of faults', () => {
  it('names files and commands that are there', () => {
    const named = faults.flatMap(({ shownBy }) => shownBy);
    const gone = named.filter((one) =>
      one.startsWith('npm run ') ? !(one.slice('npm run '.length) in scripts) : !existsSync(join(root, one)),
    );
    expect(gone).toEqual([]);
  });

  it('has every file of e2e/faults, and each measures what the list leaves to it', async () => {
    const files = (await readdir(join(root, 'e2e/faults'))).map((name) => `e2e/faults/${name}`);
    expect(files.filter((file) => !faults.some(({ shownBy }) => shownBy.includes(file)))).toEqual([]);
    const unmeasured = faults.filter(({ name, shownBy, heals }) => {
      const measuring = shownBy.filter((file) => files.includes(file));
      const texts = measuring.map((file) => readFileSync(join(root, file), 'utf8'));
      return heals === undefined && !texts.some((text) => text.includes(`'${name}'`));
    });
    expect(unmeasured).toEqual([]);
  });

  it('shows each fault, or says that it is not built', () => {
    const unseen = faults.filter(({ shownBy }) => shownBy.length === 0);
    expect(unseen.filter(({ heals }) => !heals?.startsWith('not built'))).toEqual([]);
  });
});

describe('the table', () => {
  it('has the seconds that were measured, what was not tried, and what failed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tradepost-reliability-'));
    const [resultsFile, healedFile] = [join(directory, 'results.json'), join(directory, 'healed.jsonl')];
    const file = (name: string, ...statuses: string[]): object => ({
      name: join(root, 'e2e/faults', name),
      assertionResults: statuses.map((status) => ({ status, title: 'a test' })),
    });
    const testResults = [file('nginx.test.ts', 'passed', 'failed'), file('disk-full.test.ts', 'pending')];
    await writeFile(resultsFile, JSON.stringify({ testResults }));
    const healed = [3.21, 4.56].map((seconds) => JSON.stringify({ fault: 'nginx-killed', seconds }));
    await writeFile(healedFile, `${healed.join('\n')}\n`);
    const results = { outcomes: readOutcomes(resultsFile, root), healed: readHealed(healedFile) };
    await rm(directory, { recursive: true });

    const table = renderTable(results);
    expect(table).toMatch(/^\| Nginx killed \|.*\| 4\.6 s \|$/m);
    expect(table).toMatch(/^\| Nginx reloaded ten times .*\| \*\*failed\*\* \|$/m);
    expect(table).toMatch(/^\| disk full \|.*\| not tried here \|$/m);
    expect(listFailed(results)).toContain('Nginx reloaded ten times under load');
    expect(listFailed(results)).not.toContain('disk full');
  });
});
