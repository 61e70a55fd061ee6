import { expect, test } from '@jest/globals';
import { assertDocumented, type WireAnswer } from '../openapi-contract.ts';

const path = '/api/v1/auth/login';
const tokens = { accessToken: 'a', expiresIn: 900, refreshToken: 'r' };
const problem = {
  type: '/docs/problems#invalid-credentials',
  title: 'Wrong',
  status: 401,
  detail: 'Try again.',
  instance: path,
  code: 'invalid-credentials',
  requestId: 'x',
};

const judge = (answer: Partial<Omit<WireAnswer, 'body'>> & { body?: unknown }) => () =>
  assertDocumented({
    method: 'POST',
    path,
    status: 200,
    contentType: 'application/json; charset=utf-8',
    ...answer,
    body: answer.body === '' ? '' : JSON.stringify(answer.body ?? tokens),
  });
const refused = (body: object, rest = {}) =>
  judge({ status: 401, contentType: 'application/problem+json', body, ...rest });

test('accepts what is documented', () => {
  expect(judge({})).not.toThrow();
  expect(judge({ path: `${path}?next=1` })).not.toThrow();
  expect(refused({ ...problem, more: 1 })).not.toThrow();
});

test.each([
  ['another status', judge({ status: 201 }), 'status is not documented'],
  ['another type', judge({ contentType: 'text/html' }), 'type text/html is not documented'],
  ['no type', judge({ contentType: null }), 'type (none) is not documented'],
  ['a missing field', judge({ body: { ...tokens, refreshToken: undefined } }), 'refreshToken'],
  ['a field too many', judge({ body: { ...tokens, password: 'x' } }), 'additional properties'],
  ['a field of another type', judge({ body: { ...tokens, expiresIn: '900' } }), 'must be integer'],
  ['a body that is no JSON', judge({ body: '' }), 'not JSON'],
  ['another code', refused({ ...problem, code: 'last-admin' }), 'must be equal to one of the allowed values'],
  ['a problem without its code', refused({ ...problem, code: undefined }), 'code'],
  ['a problem as plain JSON', refused(problem, { contentType: 'application/json' }), 'is not documented'],
  ['an unknown path', judge({ path: '/api/v1/elsewhere' }), 'path is not documented'],
  ['another method', judge({ method: 'PUT' }), 'status is not documented'],
  ['a body where none belongs', judge({ path: '/api/v1/auth/logout', status: 204 }), 'none is documented'],
])('refuses %s', (_name, answer, message) => {
  expect(answer).toThrow(message);
});

test('accepts anywhere what the door answers, as a problem', () => {
  expect(refused(problem, { status: 503 })).not.toThrow();
  expect(refused(problem, { status: 413, path: '/api/v1/elsewhere' })).not.toThrow();
  expect(refused(problem, { status: 404, path: '/api/v1/elsewhere' })).not.toThrow();
  expect(judge({ status: 503 })).toThrow('no problem+json');
  expect(judge({ method: 'OPTIONS', status: 204, body: '', contentType: null })).not.toThrow();
});
