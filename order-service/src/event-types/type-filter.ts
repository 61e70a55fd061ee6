import { eventTypes } from './event-types.ts';

const everyType = '*';
const kindOf = (type: string): string => `${type.slice(0, type.indexOf('.'))}.*`;

/** What a webhook can ask for: a type, all types of one kind, or all. */
export const wantedTypes: readonly string[] = [
  everyType,
  ...new Set(eventTypes.map((type) => kindOf(type))),
  ...eventTypes,
];

/**
 * Returns whether a webhook gets events of a type.
 * @param wanted what the webhook asks for; all when null
 */
export function wants(wanted: readonly string[] | null, type: string): boolean {
  return wanted === null || [type, kindOf(type), everyType].some((name) => wanted.includes(name));
}
