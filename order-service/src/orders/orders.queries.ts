import { viewStoredAddress } from '@tradepost/postal-address/stored-address.ts';
import type { Caller } from '@tradepost/service-kit/authenticate.ts';
import { type EntityTags, matchesVersion, staleVersion } from '@tradepost/service-kit/precondition.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type InferAttributes, Op, type Transaction } from 'sequelize';
import { isErased } from '../customers/erasure.ts';
import { OrderItem } from './order-item.model.ts';
import { Order, type OrderStatus } from './order.model.ts';

export interface PlacedOrder {
  order: InferAttributes<Order>;
  /** Its lines, as they were sent. */
  items: InferAttributes<OrderItem>[];
}

export interface OrderFilter {
  status?: OrderStatus | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

const noSuchOrder = (): Error => notFound('There is no such order.');
const isAdmin = (caller: Caller): boolean => caller.roles.includes('admin');

/** Whether the caller bought an order, or may do what its buyer may. */
export const isOwn = (order: Pick<Order, 'buyerId'>, caller: Caller): boolean =>
  order.buyerId === caller.id || isAdmin(caller);

export async function findOrder(orderId: string, tx?: Transaction): Promise<PlacedOrder | undefined> {
  const order = await Order.findByPk(orderId, { transaction: tx ?? null });
  if (!order) return undefined;
  return {
    order,
    items: await OrderItem.findAll({ where: { orderId }, order: ['line'], transaction: tx ?? null }),
  };
}

/** An order that is there: its row was just written, or is never deleted. */
export async function getOrder(orderId: string, tx?: Transaction): Promise<PlacedOrder> {
  const placed = await findOrder(orderId, tx);
  if (!placed) throw new Error(`Order ${orderId} has no row.`);
  return placed;
}

/** An order that nobody else moves, pays back or cancels until the transaction ends. */
export function lockOrder(orderId: string, tx: Transaction): Promise<Order> {
  return Order.findByPk(orderId, { lock: true, transaction: tx, rejectOnEmpty: true });
}

/** An order of one's own, or any for an admin; somebody else's does not exist. */
export async function findOwnOrder(orderId: string, caller: Caller): Promise<PlacedOrder> {
  const placed = await findOrder(orderId);
  if (!placed || !isOwn(placed.order, caller)) throw noSuchOrder();
  return placed;
}

/** An order as the caller may read it: the whole for its buyer and admins, their own lines for sellers. */
export async function readOrder(orderId: string, caller: Caller, tx?: Transaction) {
  const placed = await findOrder(orderId, tx);
  if (!placed) throw noSuchOrder();
  if (isOwn(placed.order, caller)) return showOrder(placed);
  const items = placed.items.filter(({ sellerId }) => sellerId === caller.id);
  if (items.length === 0) throw noSuchOrder();
  const { version } = placed.order;
  return { body: viewSellersPart({ ...placed, items }), version, otherView: true };
}

/** Throws 412 when If-Match is sent and has no tag of the current version. The header is optional. */
export async function honourMatch(
  ifMatch: EntityTags | undefined,
  { order, caller }: { order: Order; caller: Caller },
  tx?: Transaction,
): Promise<void> {
  if (ifMatch === undefined || matchesVersion(ifMatch, order.version)) return;
  const { body, otherView } = await readOrder(order.id, caller, tx);
  const { version, fieldVersions } = order;
  throw staleVersion(ifMatch, { version, fieldVersions, otherView }, body);
}

/** The orders that the caller bought, or all for an admin, newest first, one more than asked for. */
export async function listOrders(
  caller: Caller,
  { status, from, to, limit, cursor }: OrderFilter,
): Promise<PlacedOrder[]> {
  const orders = await Order.findAll({
    where: {
      ...(!isAdmin(caller) && { buyerId: caller.id }),
      ...(status && { status }),
      ...(cursor && { id: { [Op.lt]: cursor } }),
      createdAt: {
        [Op.and]: [
          ...(from ? [{ [Op.gte]: new Date(from) }] : []),
          ...(to ? [{ [Op.lt]: new Date(to) }] : []),
        ],
      },
    },
    order: [['id', 'DESC']],
    limit: limit + 1,
  });
  const items = await OrderItem.findAll({
    where: { orderId: orders.map(({ id }) => id) },
    order: ['orderId', 'line'],
  });
  const byOrder = Map.groupBy(items, ({ orderId }) => orderId);
  return orders.map((order) => ({ order, items: byOrder.get(order.id) ?? [] }));
}

function toMoney(amount: number | null, currency: string | null) {
  return amount === null || currency === null ? null : { amount: Number(amount), currency };
}

/** An order is read before its lines: what a hold froze in between shows only once the order has its currency. */
function viewItem(
  { productId, name, quantity, unitPriceMinor }: InferAttributes<OrderItem>,
  currency: string | null,
) {
  const lineTotal = unitPriceMinor === null ? null : Number(unitPriceMinor) * quantity;
  return {
    productId,
    name: currency === null ? null : name,
    quantity,
    unitPrice: toMoney(unitPriceMinor, currency),
    lineTotal: toMoney(lineTotal, currency),
  };
}

/** What its buyer and admins see of an order. */
export function viewOrder({ order, items }: PlacedOrder) {
  const { rejection } = order;
  return {
    id: order.id,
    buyerId: order.buyerId,
    status: order.status,
    items: items.map((item) => viewItem(item, order.currency)),
    total: toMoney(order.totalMinor, order.currency),
    shipTo: viewStoredAddress(order.shipTo),
    billTo: order.billTo && viewStoredAddress(order.billTo),
    note: order.note,
    rejection: rejection && {
      code: rejection.code,
      detail: rejection.detail,
      short: rejection.members.short ?? null,
    },
    version: order.version,
    createdAt: order.createdAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
  };
}

/** What its buyer and admins get as an answer. Erasure changes an order without a new version, which counts its moves. */
export function showOrder(placed: PlacedOrder) {
  const { version, shipTo } = placed.order;
  return { body: viewOrder(placed), version, otherView: isErased(shipTo) };
}

/** A seller sees their own lines, their sum, what they are short of, and where to send them. */
function viewSellersPart(part: PlacedOrder): ReturnType<typeof viewOrder> {
  const view = viewOrder(part);
  const { rejection } = view;
  const own = new Set(view.items.map(({ productId }) => productId));
  const short = rejection?.short?.filter(({ productId }) => own.has(productId)) ?? null;
  const sum = view.items.reduce((total, { lineTotal }) => total + (lineTotal?.amount ?? 0), 0);
  return {
    ...view,
    total: toMoney(sum, part.order.currency),
    billTo: null,
    note: null,
    rejection: rejection && { ...rejection, short },
  };
}
