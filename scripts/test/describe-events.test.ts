import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { z } from 'zod';
import { describeEvents } from '../openapi/describe-events.ts';

const require = createRequire(import.meta.url);
const committed = readFileSync(join(import.meta.dirname, '../../docs/asyncapi.json'), 'utf8');

/** The JSON schema that the AsyncAPI initiative publishes for version 3.1. */
function validate(document: unknown): unknown {
  const ajv = new Ajv({ strict: false, validateFormats: true, allowUnionTypes: true });
  formats.default(ajv);
  const schema = require('@asyncapi/specs/schemas/3.1.0-without-$id.json') as object;
  const isValid = ajv.compile(schema);
  isValid(document);
  return isValid.errors;
}

test('the committed document is AsyncAPI 3.1', () => {
  expect(validate(JSON.parse(committed))).toBeNull();
  expect(validate({ ...(JSON.parse(committed) as object), channels: [] })).not.toBeNull();
});

const streams = [
  { source: '/a/things', topic: 'shop.things', types: { 'thing.made': z.object({ name: z.string() }) } },
  { source: '/a/parts', topic: 'shop.things', types: { 'part.made': z.object({ size: z.int() }) } },
];

test('streams of one topic are one channel, and each type is a message with its data in the envelope', () => {
  const document = describeEvents(streams, { title: 'Events', version: '1' });
  expect(document).toMatchObject({
    asyncapi: '3.1.0',
    channels: {
      things: {
        address: 'shop.things',
        messages: {
          'thing.made': { $ref: '#/components/messages/thing.made' },
          'part.made': { $ref: '#/components/messages/part.made' },
        },
      },
    },
    components: {
      messages: {
        'thing.made': {
          contentType: 'application/cloudevents+json',
          payload: {
            properties: {
              type: { const: 'thing.made' },
              source: { const: '/a/things' },
              data: { properties: { name: { type: 'string' } } },
            },
          },
        },
      },
    },
  });
  expect(validate(document)).toBeNull();
});
