// Options that several commands take.

export const data = /** @type {const} */ ({
  type: 'path',
  value: 'DIRECTORY',
  description: 'data directory of npm start; by default .data of this checkout',
});
export const place = /** @type {const} */ ({
  type: 'choice',
  value: 'PLACE',
  choices: ['local', 'compose', 'cluster'],
  default: 'local',
});
export const seed = /** @type {const} */ ({
  type: 'text',
  value: 'SEED',
  pattern: /^[A-Za-z0-9_-]{1,40}$/,
  description: 'repeats an earlier run: 1 to 40 letters, digits, - and _; by default a random one',
});
export const kafka = /** @type {const} */ ({
  type: 'text',
  value: 'HOST:PORT',
  // An address of IPv6 stands in brackets (RFC 3986 section 3.2.2).
  pattern: /^(\[[0-9a-f:]+\]|[^:\s[\]]+):\d{1,5}$/i,
  description: 'sends events through this Kafka broker instead of HTTP',
});
export const patterns = /** @type {const} */ ({
  value: 'PATTERN',
  count: 'any',
  description: 'runs only the test files with this in their path',
});
