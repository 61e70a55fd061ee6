import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { listEventTypes } from '../openapi/list-event-types.ts';

const data = z.object({});
const streams = [
  { source: '/a/things', topic: 'shop.things', types: { 'thing.made': data, 'thing.changed': data } },
  { source: '/a/parts', topic: 'shop.parts', types: { 'part.made': data } },
  { source: '/a/secrets', topic: 'shop.secrets', types: { 'secret.made': data } },
];

test('only types of the topics that a service listens to are in its list', () => {
  const source = listEventTypes(streams, ['shop.things', 'shop.parts']);
  expect(source).toContain('["part.made","thing.changed","thing.made"]');
  expect(source).not.toContain('secret.made');
});
