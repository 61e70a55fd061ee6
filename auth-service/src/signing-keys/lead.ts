/**
 * How long a key is published before it signs, in seconds: 5 until every replica publishes it, 60 in a cache on the way,
 * 300 in the cache of a service, 300 more for a fetch that failed, and a minute to spare.
 */
export const usualLead = 720;
export const shortestLead = 10;
const longestLead = 86_400;

/** The lead that somebody typed; undefined when it is none. */
export function parseLead(text: string): number | undefined {
  const seconds = Number(text);
  return /^\d+$/.test(text) && seconds >= shortestLead && seconds <= longestLead ? seconds : undefined;
}
