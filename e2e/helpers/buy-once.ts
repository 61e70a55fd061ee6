import { runStack } from './run-stack.ts';
import { Shop } from './shop.ts';

/** Starts everything as npm start does, buys once, and prints what came of it as JSON: for a network namespace of its own. */
const progress: string[] = [];
const stack = await runStack({ replicas: 1, onProgress: (line) => progress.push(line) });
try {
  const shop = new Shop(stack.url);
  const seller = await shop.registerSeller(stack.admin);
  const buyer = await shop.register();
  const product = await shop.offer(seller, 5);
  const { status, body } = await shop.buy(buyer, [[product, 1]]);
  const hosts = Object.values(stack.processes).flatMap((replicas) =>
    replicas.map(({ plan }) => plan.environment.HOST),
  );
  const paid = await shop.awaitStatus(buyer, body.id, 'paid');
  console.log(JSON.stringify({ url: stack.url, hosts, status, paid: paid.status, progress }));
} finally {
  await stack.remove();
}
