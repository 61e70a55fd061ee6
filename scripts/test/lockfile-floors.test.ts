import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Below these there are advisories (quality.md section 1 of the specification). */
const floors: Record<string, string> = {
  sequelize: '6.37.8',
  mysql2: '3.22',
  axios: '1.18',
  jsonwebtoken: '9.0.3',
  'body-parser': '2.3',
  qs: '6.14.2',
  'express-rate-limit': '8.7',
  nodemailer: '10.6',
};
/** A limit of our own may do without it. */
const optional = new Set(['express-rate-limit']);

interface Lockfile {
  packages: Record<string, { version?: string; dev?: boolean }>;
}

const file = join(import.meta.dirname, '../../package-lock.json');
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as Lockfile;

/** Every copy that npm installs, wherever it lies. */
function versionsOf(name: string): string[] {
  const isCopy = (path: string): boolean =>
    path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`);
  return Object.entries(packages).flatMap(([path, { version }]) =>
    version && isCopy(path) ? [version] : [],
  );
}

function isAtLeast(version: string, floor: string): boolean {
  const [parts, needed] = [version, floor].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const index = needed.findIndex((part, place) => part !== (parts[place] ?? 0));
  return index === -1 || (parts[index] ?? 0) > (needed[index] ?? 0);
}

describe('the lockfile', () => {
  it.each(Object.entries(floors))('has %s in %s or later, and no older copy', (name, floor) => {
    const versions = versionsOf(name);
    if (!optional.has(name)) expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter((version) => !isAtLeast(version, floor))).toEqual([]);
  });

  it.each([
    ['6.37.8', '6.37.8', true],
    ['6.37.10', '6.37.8', true],
    ['6.37.7', '6.37.8', false],
    ['3.22.0', '3.22', true],
    ['3.3.9', '3.22', false],
    ['10.0.0', '9.0.3', true],
  ])('compares %s with %s', (version, floor, expected) => {
    expect(isAtLeast(version, floor)).toBe(expected);
  });
});
