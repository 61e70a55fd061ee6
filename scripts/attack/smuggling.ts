import type { Attack, Family } from './declare-attack.ts';
import { sendBytes } from './send.ts';

// A name that a shop on this machine answers for, or it would refuse all of these for that alone.
const host = 'Host: 127.0.0.1\r\n';
const smuggled = `GET /api/v1/users HTTP/1.1\r\n${host}\r\n`;
const start = `POST /api/v1/auth/login HTTP/1.1\r\n${host}Content-Type: application/json\r\n`;

/** One answer, and it is a refusal: nothing behind it was taken for a request of its own. */
const refused = (name: string, bytes: string): Attack => ({
  name,
  expected: 'one refusal',
  async run({ url }) {
    const statuses = await sendBytes(url, bytes);
    const [only, ...more] = statuses;
    const isRefusal = only !== undefined && only >= 400 && only !== 500 && more.length === 0;
    return isRefusal ? 'one refusal' : `answers: ${statuses.join(', ') || 'none'}`;
  },
});

const body = `0\r\n\r\n${smuggled}`;
const withHeaders = (...lines: string[]): string => `${start}${lines.join('\r\n')}\r\n\r\n${body}`;
const lengthOfAll = `Content-Length: ${body.length}`;

export const smuggling: Family = {
  name: 'request smuggling',
  attacks: [
    refused(
      'Content-Length and Transfer-Encoding',
      withHeaders('Content-Length: 5', 'Transfer-Encoding: chunked'),
    ),
    refused('Transfer-Encoding and Content-Length', withHeaders('Transfer-Encoding: chunked', lengthOfAll)),
    refused('two Content-Length', withHeaders('Content-Length: 5', lengthOfAll)),
    refused('two equal Content-Length', withHeaders('Content-Length: 5', 'Content-Length: 5')),
    refused('Content-Length with a sign', withHeaders('Content-Length: +5')),
    refused('a negative Content-Length', withHeaders('Content-Length: -1')),
    refused('an encoding that nobody knows', withHeaders('Transfer-Encoding: xchunked')),
    refused('chunked twice', withHeaders('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')),
    refused('chunked, identity', withHeaders('Transfer-Encoding: chunked, identity')),
    refused(
      'a chunk size that overflows',
      `${start}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx\r\n0\r\n\r\n`,
    ),
    refused('a CR inside a header', `GET /api/v1/products HTTP/1.1\r\n${host}X-A: b\rX-C: d\r\n\r\n`),
    refused('NUL inside a header', `GET /api/v1/products HTTP/1.1\r\n${host}X-A: b\0c\r\n\r\n`),
    refused('no Host', 'GET /api/v1/products HTTP/1.1\r\n\r\n'),
    refused('two Hosts', `GET /api/v1/products HTTP/1.1\r\nHost: localhost\r\n${host}\r\n`),
    refused('HTTP/3.0 in the request line', `GET /api/v1/products HTTP/3.0\r\n${host}\r\n`),
  ],
};
