import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lineFor } from '../check/source.ts';
import { parts } from '../workflows/parts.ts';
import { orderFaults } from './helpers/order-faults.ts';
import { ci, plantWorkflows, release, type Change } from './helpers/plant-workflows.ts';
import { trustFaults } from './helpers/trust-faults.ts';

const project = join(import.meta.dirname, '../..');

async function linesOf(part: string, root: string): Promise<string[]> {
  return ((await parts[part]?.(root)) ?? []).map(lineFor);
}

test.each(Object.keys(parts))('%s finds no fault in the workflows', async (part) => {
  expect(await linesOf(part, project)).toEqual([]);
});

const faults = [...trustFaults, ...orderFaults];

test.each(faults)('$part finds in $file: $says', async (fault) => {
  const lines = await linesOf(fault.part, plantWorkflows(fault));
  expect(lines).toContainEqual(expect.stringContaining(fault.says));
});

test('every part has a planted fault', () => {
  expect(new Set(faults.map(({ part }) => part))).toEqual(new Set(Object.keys(parts)));
});

const publishHead =
  "  publish:\n    name: publish ${{ matrix.image }}\n    if: github.event_name == 'push'\n";
const late = '  late:\n    needs: [compose, cluster]\n    runs-on: ubuntu-24.04\n';
const roll = '  roll:\n    needs: release\n    uses: ./.github/workflows/deploy.yml\n';

const harmless: (Change & { part: string; what: string })[] = [
  {
    part: 'publish-order',
    what: 'a test that is needed by way of another job',
    file: ci,
    from: `${publishHead}    needs: [check, test, manifests, compose, images, cluster]`,
    to: `${late}\n${publishHead}    needs: [check, test, manifests, images, late]`,
  },
  {
    part: 'publish-order',
    what: 'a deployment after the release',
    file: release,
    from: '  release:\n',
    to: `${roll}\n  release:\n`,
  },
  {
    part: 'npm-scripts',
    what: 'words and variables behind a script',
    file: ci,
    from: 'run: npm run check\n',
    to: 'run: npm run check -- types "$PART"\n',
  },
];

test.each(harmless)('$part does not mind $what', async (change) => {
  const before = await linesOf(change.part, project);
  expect(await linesOf(change.part, plantWorkflows(change))).toHaveLength(before.length);
});
