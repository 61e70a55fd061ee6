import type { ActiveStep } from '../saga/step.ts';

/** Steps of one kind, which a worker claims and does apart from all others, so that no kind waits for another one. */
export interface Lane {
  step: ActiveStep;
  /** Whether the last try of these steps got no answer: what may hang again has places of its own. */
  isUnanswered: boolean;
}

/**
 * How many steps of a lane one worker does at a time. Waiting for the payment provider costs neither a connection of
 * the pool nor a row lock. Steps of the other lanes move rows of products and orders; more of them would make requests
 * wait for these rows.
 */
const places: Record<ActiveStep, number> = {
  reserve: 6,
  pay: 6,
  charge: 100,
  commit: 6,
  refund: 50,
  return: 6,
  release: 6,
  expire: 6,
};

const steps = Object.keys(places) as ActiveStep[];

export const lanes: readonly Lane[] = steps.flatMap((step) => [
  { step, isUnanswered: false },
  { step, isUnanswered: true },
]);

export const nameLane = ({ step, isUnanswered }: Lane): string =>
  isUnanswered ? `${step}, unanswered` : step;

const placesByName = new Map(lanes.map((lane) => [nameLane(lane), places[lane.step]]));

/** Places of a lane by its name. */
export const placesOf = (name: string): number => placesByName.get(name) ?? 0;

/** Places of all lanes of one worker. */
export const allPlaces = [...placesByName.values()].reduce((sum, count) => sum + count, 0);
