import {
  flag,
  id,
  maxAmount,
  money,
  newMoney,
  text,
  time,
  wholeNumber,
} from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';
import { units } from '../shapes.ts';

const description = z.string().max(10_000);
const amount = wholeNumber(0, maxAmount);
// Categories have no endpoint yet, so none can be named.
const categoryId = z.null();

const editable = { name: text(200), description, price: newMoney };

export const productBody = z.strictObject({ ...editable, categoryId: categoryId.default(null) });
export const newProduct = productBody.extend({ initialStock: units.default(0) });
export const productChange = z.strictObject({
  name: editable.name.exactOptional(),
  description: editable.description.exactOptional(),
  price: newMoney.exactOptional(),
  categoryId: categoryId.exactOptional(),
});

export const product = z
  .object({
    id,
    sellerId: id,
    name: z.string(),
    description: z.string(),
    price: money,
    categoryId: id.nullable(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
    deletedAt: time.nullable().optional().meta({ description: 'Shown to the owner and to admins' }),
  })
  .meta({ id: 'Product' });

export const productPage = pageOf(product);

export const sorts = ['relevance', 'newest', 'price', '-price', 'name'] as const;
export type Sort = (typeof sorts)[number];

/** The order of a list: the one that was asked for, else relevance for a search and the newest first for all others. */
export function sortOf({ sort, q }: { sort?: Sort | undefined; q?: string | undefined }): Sort {
  return sort ?? (q === undefined ? 'newest' : 'relevance');
}

const idList = z
  .string()
  .transform((value) => value.split(','))
  .pipe(z.array(id).min(1).max(100));

/** The sort is part of the position: a cursor of one order means nothing in another. */
const position = z.union([
  z.tuple([z.literal('relevance'), z.int().min(1).max(4), id]),
  z.tuple([z.literal('newest'), z.null(), id]),
  z.tuple([z.enum(['price', '-price']), z.int(), id]),
  z.tuple([z.literal('name'), z.string(), id]),
]);

export const productFilter = z
  .strictObject({
    q: text(200).optional().meta({
      description:
        'The first ten words count. A product fits if each begins a word of its name or description',
    }),
    category: id.optional(),
    seller: id.optional().meta({ description: "The seller's user id" }),
    minPrice: amount.optional().meta({ description: 'In minor units' }),
    maxPrice: amount.optional().meta({ description: 'In minor units' }),
    inStock: flag.optional(),
    sort: z.enum(sorts).optional().meta({
      description: '`relevance` when absent and `q` is there, else `newest`; `relevance` needs `q`',
    }),
    ids: idList.optional().meta({ description: 'Up to 100, separated by commas' }),
    limit: limitParameter,
    cursor: cursorParameter(position),
  })
  .refine(({ q, sort }) => q !== undefined || sort !== 'relevance', {
    path: ['sort'],
    message: 'relevance orders the products of a search: send q, or another sort',
  })
  .refine(({ cursor, q, sort }) => cursor === undefined || cursor[0] === sortOf({ sort, q }), {
    path: ['cursor'],
    message: 'belongs to another sort: pass nextCursor with the sort it came from',
  });
export type ProductFilter = z.output<typeof productFilter>;
