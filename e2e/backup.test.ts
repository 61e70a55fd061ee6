import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { RowDataPacket } from 'mysql2/promise';
import type { Manifest } from '../scripts/backup/manifest.ts';
import { Bustle } from './helpers/bustle.ts';
import { runStack, type TestStack } from './helpers/run-stack.ts';
import { type Inventory, type Person, type Product, Shop, together } from './helpers/shop.ts';

const root = path.join(import.meta.dirname, '..');
const initialStock = 1_000;
const rounds = 5;

let directory: string;
let stack: TestStack;
afterAll(async () => {
  await stack.remove();
  await rm(directory, { recursive: true, force: true });
});

interface Outcome {
  status: number;
  out: string;
  said: string;
}

async function run(script: 'backup' | 'restore', ...args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [`scripts/${script}.ts`, ...args], { cwd: root });
  child.stdin.end();
  const [[status], out, said] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { status, out, said };
}

const at = (name: string): string => path.join(directory, name);
const lastBackup = (): string => at(`round-${rounds}`);
const readManifest = async (name: string): Promise<Manifest> =>
  JSON.parse(await readFile(path.join(at(name), 'manifest.json'), 'utf8'));

/** Adds up all sums of a manifest whose name begins so. */
function sumOf({ sums }: Manifest, beginning: string): number {
  const found = Object.entries(sums).filter(([what]) => what.startsWith(beginning));
  return found.reduce((sum, [, amount]) => sum + Number(amount), 0);
}

let shop: Shop;
let seller: Person;
let buyers: Person[];
let products: Product[];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tradepost-backup-'));
  stack = await runStack();
  shop = new Shop(stack.url);
  seller = await shop.registerSeller(stack.admin);
  buyers = await together(6, () => shop.register());
  products = await together(4, (index) => shop.offer(seller, initialStock, 1_000 + index));
  // One of them is soon sold out, so that some orders are rejected.
  products.push(await shop.offer(seller, 5, 10));
});

describe('a shop that was lost', () => {
  let lastBefore: { id: string; buyer: Person }[];
  let manifest: Manifest;

  it('is backed up while people buy, each time as it was at one moment', async () => {
    const bustle = new Bustle(shop, buyers, products);
    try {
      for (let round = 1; round <= rounds; round += 1) {
        await sleep(500);
        lastBefore = [...bustle.orders];
        const { status, said } = await run('backup', '--data', stack.dataPath, '--to', at(`round-${round}`));
        // It compares orders with reservations itself: two moments would show one without the other.
        expect({ status, said }).toEqual({
          status: 0,
          said: expect.not.stringMatching(/Order|Stock|Product/),
        });
      }
      await sleep(500);
    } finally {
      await bustle.stop();
    }
    manifest = await readManifest(`round-${rounds}`);
    expect(manifest.pausedMs).toBeLessThan(3_000);
    expect(sumOf(manifest, 'orders ')).toBeGreaterThanOrEqual(lastBefore.length);
    expect(sumOf(manifest, 'orders ')).toBeLessThan(bustle.orders.length);
    expect(sumOf(manifest, 'orders cancelled')).toBeGreaterThan(0);
    expect(sumOf(manifest, 'payments captured')).toBe(sumOf(manifest, 'orders paid'));
    expect(sumOf(manifest, 'money in payments captured')).toBeGreaterThan(0);
    expect(sumOf(manifest, 'money in payments captured')).toBe(sumOf(manifest, 'money in orders paid'));
    expect(sumOf(manifest, 'units reserved')).toBe(sumOf(manifest, 'units in reservations held'));
  });

  it('has its backup where only its owner may look, and nothing in it is a password of the database', async () => {
    const backup = lastBackup();
    expect((await stat(backup)).mode & 0o777).toBe(0o700);
    const names = await readdir(backup);
    expect(names.sort().join()).toBe(
      'authDB.sql.gz,log-ins.json,manifest.json,ordersDB.sql.gz,paymentsDB.sql.gz,productsDB.sql.gz',
    );
    const secrets = ['root', 'auth_service', 'order_migrator', 'payment-provider'].map((user) =>
      stack.secrets.passwordFor(user),
    );
    for (const name of names) {
      expect((await stat(path.join(backup, name))).mode & 0o777).toBe(0o600);
      const content = await readFile(path.join(backup, name));
      const plain = name.endsWith('.gz') ? gunzipSync(content).toString() : content.toString();
      expect(secrets.filter((secret) => plain.includes(secret))).toEqual([]);
    }
  });

  it('comes back in a new data directory', async () => {
    const { admin } = stack;
    await stack.remove();
    const { status, out, said } = await run('restore', '--from', lastBackup(), '--data', at('data'));
    expect({ status, said, out }).toMatchObject({ status: 0, out: expect.stringContaining('as it was at') });
    stack = await runStack({ dataDirectory: at('data') });
    shop = new Shop(stack.url);
    expect(stack.admin).toEqual(admin);
    expect(await shop.logIn(admin.email, admin.password)).toEqual(expect.any(String));
    seller = { ...seller, token: await shop.logIn(seller.email) };
    for (const buyer of buyers) buyer.token = await shop.logIn(buyer.email);
  });

  it('has every order of the backup, and those at work come to rest', async () => {
    for (const { id, buyer } of lastBefore) expect((await shop.readOrder(buyer, id)).id).toBe(id);
    const rootConnection = await stack.database.connectAsRoot();
    const [rows] = await rootConnection.query<RowDataPacket[]>('SELECT id, buyer_id FROM ordersDB.orders');
    await rootConnection.end();
    expect(rows).toHaveLength(sumOf(manifest, 'orders '));
    const reserved: Record<string, number> = {};
    const sold: Record<string, number> = {};
    for (const { id, buyer_id: buyerId } of rows) {
      const order = await shop.awaitRest(
        buyers.find((buyer) => buyer.id === buyerId)!,
        id,
      );
      const units = { awaiting_payment: reserved, paid: sold }[order.status];
      if (units === undefined) continue;
      for (const { productId, quantity } of order.items)
        units[productId] = (units[productId] ?? 0) + quantity;
    }
    for (const product of products) {
      const stock = product === products.at(-1) ? 5 : initialStock;
      const onHand = stock - (sold[product.id] ?? 0);
      const expected = { onHand, reserved: reserved[product.id] ?? 0 };
      expect(await awaitReserved(product, expected.reserved)).toMatchObject(expected);
    }
  });

  it('sells on', async () => {
    const [product, buyer] = [await shop.offer(seller, 3), await shop.register()];
    const placed = await shop.order(buyer, [[product, 2]]);
    expect(placed).toMatchObject({ status: 201, body: { status: 'awaiting_payment' } });
    expect(await shop.inventory(seller, product)).toMatchObject({ available: 1, reserved: 2 });
  });
});

/** A cancelled order may wait for its release a moment longer than for its state. */
async function awaitReserved(product: Product, reserved: number): Promise<Inventory> {
  const giveUpAt = performance.now() + 15_000;
  for (;;) {
    const found = await shop.inventory(seller, product);
    if (found.reserved === reserved || performance.now() > giveUpAt) return found;
    await sleep(200);
  }
}

describe('what is not right', () => {
  let onHandBefore: number;
  /** A copy of the last backup, to be spoiled. */
  const copy = (name: string): Promise<void> => cp(lastBackup(), at(name), { recursive: true });

  /** Changes the file of a database, and the manifest so that it fits: only what is in it tells. */
  async function forge(backup: string, name: string, change: (sql: string) => string): Promise<void> {
    const file = path.join(at(backup), name);
    const content = gzipSync(change(gunzipSync(await readFile(file)).toString()));
    await writeFile(file, content);
    const manifest = await readManifest(backup);
    const record = manifest.files.find((one) => one.name === name)!;
    record.sha256 = createHash('sha256').update(content).digest('hex');
    await writeFile(path.join(at(backup), 'manifest.json'), JSON.stringify(manifest));
  }

  const refused = (sentence: string | RegExp) => ({ status: 1, said: expect.stringMatching(sentence) });
  const restore = (backup: string, ...more: string[]): Promise<Outcome> =>
    run('restore', '--from', backup, '--data', stack.dataPath, ...more);

  it('is named by a backup, which is taken nevertheless', async () => {
    const rootConnection = await stack.database.connectAsRoot();
    const { onHand } = await shop.inventory(seller, products[0]!);
    const change = (by: number): Promise<unknown> =>
      rootConnection.query('UPDATE productsDB.stock SET on_hand = on_hand + ? WHERE product_id = ?', [
        by,
        products[0]!.id,
      ]);
    await change(1);
    const { status, said } = await run('backup', '--data', stack.dataPath, '--to', at('breach'));
    await change(-1);
    await rootConnection.end();
    expect(status).toBe(1);
    expect(said).toContain(`Product ${products[0]!.id} has ${onHand + 1} on hand`);
    expect((await readManifest('breach')).faults).toHaveLength(1);
  });

  it('is a directory that holds something', async () => {
    const again = await run('backup', '--data', stack.dataPath, '--to', at('breach'));
    expect(again).toMatchObject(refused('breach holds files already'));
  });

  it('is a shop that runs, or that nobody said may go', async () => {
    ({ onHand: onHandBefore } = await shop.inventory(seller, products[1]!));
    expect(await restore(lastBackup())).toMatchObject(refused('stop that one with Ctrl-C'));
    await stack.stop();
    expect(await restore(lastBackup())).toMatchObject(
      refused(/already \(\d+ users, \d+ products, \d+ orders, \d+ charges\).*--yes/),
    );
  });

  it('is a backup with a byte that changed', async () => {
    await copy('damaged');
    const file = path.join(at('damaged'), 'ordersDB.sql.gz');
    const content = await readFile(file);
    content[content.length >> 1]! ^= 1;
    await writeFile(file, content);
    expect(await restore(at('damaged'), '--yes')).toMatchObject(refused('ordersDB.sql.gz is damaged'));
  });

  it('is a stock that somebody has changed in the backup: it is named, and nothing is replaced', async () => {
    await copy('forged');
    const { id } = products[1]!;
    let forged = 0;
    await forge('forged', 'productsDB.sql.gz', (sql) =>
      // The row of stock alone has three numbers behind the id, and nothing more.
      sql.replace(
        new RegExp(`\\('${id}','(\\d+)'(,'\\d+','\\d+'\\))`),
        (_row, onHand: string, rest: string) => {
          forged = Number(onHand) + 7;
          return `('${id}','${forged}'${rest}`;
        },
      ),
    );
    const { status, said } = await restore(at('forged'), '--yes');
    expect({ status, said }).toEqual(refused('productsDB.stock has other values'));
    expect(said).toContain('units on hand: ');
    expect(said).toContain(`Product ${id} has ${forged} on hand`);
    expect(said).toContain('Nothing was replaced');

    stack = await runStack({ dataDirectory: stack.dataPath });
    shop = new Shop(stack.url);
    const token = await shop.logIn(seller.email);
    expect(await shop.inventory({ ...seller, token }, products[1]!)).toMatchObject({ onHand: onHandBefore });
  });
});
