/**
 * Pairs two lists that ascend by the same key, however long they are: at each moment one item of either is in memory.
 * What only one list has, comes without a partner.
 */
export async function* mergeJoin<Left, Right>(
  lefts: AsyncIterable<Left>,
  rights: AsyncIterable<Right>,
  keyOf: (item: Left | Right) => string,
): AsyncGenerator<[Left | undefined, Right | undefined]> {
  const [left, right] = [startReading(lefts, keyOf), startReading(rights, keyOf)];
  await Promise.all([left.next(), right.next()]);
  while (left.key !== undefined || right.key !== undefined) {
    const key = [left.key, right.key].filter((one) => one !== undefined).sort()[0];
    const [isLeft, isRight] = [left.key === key, right.key === key];
    yield [isLeft ? left.item : undefined, isRight ? right.item : undefined];
    await Promise.all([isLeft && left.next(), isRight && right.next()]);
  }
}

interface Reading<Item> {
  item: Item | undefined;
  /** Undefined at the end. */
  key: string | undefined;
  next(): Promise<void>;
}

function startReading<Item>(items: AsyncIterable<Item>, keyOf: (item: Item) => string): Reading<Item> {
  const iterator = items[Symbol.asyncIterator]();
  const reading: Reading<Item> = {
    item: undefined,
    key: undefined,
    async next() {
      const before = reading.key;
      const result = await iterator.next();
      reading.item = result.done ? undefined : result.value;
      reading.key = result.done ? undefined : keyOf(result.value);
      // What does not ascend would be taken for missing on the other side.
      if (before !== undefined && reading.key !== undefined && reading.key <= before)
        throw new Error(`An audited list goes from ${before} to ${reading.key}; it must ascend.`);
    },
  };
  return reading;
}
