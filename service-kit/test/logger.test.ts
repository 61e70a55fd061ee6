import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const kit = path.join(import.meta.dirname, '../src');

/** Runs code with a logger in a process of its own, and gives the lines that it wrote. */
function linesOf(code: string, level = 'info'): Record<string, unknown>[] {
  const program = `
    import { createLogger } from '${kit}/logger.ts';
    import { runInContext } from '${kit}/request-context.ts';
    const logger = createLogger('things-service', '${level}');
    ${code}`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('writes one line of JSON for each message, from the level on', () => {
  const lines = linesOf(
    `logger.debug('no'); logger.info('two\\nlines', { thing: 1 }); logger.warn('third');`,
  );
  expect(lines).toEqual([
    expect.objectContaining({ level: 'info', message: 'two\nlines', service: 'things-service', thing: 1 }),
    expect.objectContaining({ level: 'warn', message: 'third' }),
  ]);
  expect(Math.abs(Date.parse(String(lines[0]?.timestamp)) - Date.now())).toBeLessThan(60_000);
});

test('spells out an error with its stack and its causes', () => {
  const [line] = linesOf(
    `const cause = new TypeError('inner', { cause: 'a string' });
     logger.error('it failed', { error: new Error('outer', { cause }) });`,
  );
  expect(line).toMatchObject({
    message: 'it failed',
    error: {
      name: 'Error',
      message: 'outer',
      cause: { name: 'TypeError', message: 'inner', cause: 'a string' },
    },
  });
  expect((line?.error as { stack: string }).stack).toContain('Error: outer\n    at ');
});

test('names the request that a line belongs to', () => {
  const lines = linesOf(
    `runInContext(() => logger.info('inside'), { requestId: 'abc' }); logger.info('outside');`,
  );
  expect(lines.map(({ message, requestId }) => [message, requestId])).toEqual([
    ['inside', 'abc'],
    ['outside', undefined],
  ]);
});
