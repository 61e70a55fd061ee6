import { z } from 'zod';
import { wholeNumber } from './fields.ts';

/** `?limit`: 1 to 100, 20 when absent. */
export const limitParameter = wholeNumber(1, 100)
  .default(20)
  .meta({ override: { default: 20 } });

/**
 * `?cursor`: where the page before ended. Opaque to the caller: base64url of the JSON of the last row's sort values.
 * @param position schema of these values; a cursor that does not fit is a fault of the request
 */
export function cursorParameter<P extends z.ZodType>(position: P) {
  return z
    .string()
    .max(2000)
    .transform((cursor, context): z.output<P> => {
      const parsed = position.safeParse(decode(cursor));
      if (parsed.success) return parsed.data;
      context.addIssue(
        'is not a cursor of this list: pass nextCursor unchanged, with the same filters and sorting',
      );
      return z.NEVER;
    })
    .optional();
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/**
 * Makes a page of rows that were read with a limit one higher than asked for.
 * @param rows at most `limit + 1`; the extra one only tells that there is more
 * @param limit items of a page
 * @param position the sort values of a row, which the next page starts after
 */
export function toPage<Row>(rows: Row[], limit: number, position: (row: Row) => unknown): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items,
    nextCursor: more ? Buffer.from(JSON.stringify(position(last))).toString('base64url') : null,
  };
}

/** The answer of a list. */
export function pageOf<I extends z.ZodType>(item: I) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
