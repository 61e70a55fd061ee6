import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, type SecureVersion } from 'node:tls';
import { selfSignedCertificate } from '../../../scripts/local/self-signed-certificate.ts';
import type { Answer } from './send.ts';

export interface TestCertificate {
  certificate: string;
  files: { certificateFile: string; keyFile: string };
  remove(): Promise<void>;
}

/** A certificate as `npm start -- --tls` makes one, in a directory of its own. */
export async function makeCertificate(): Promise<TestCertificate> {
  const directory = await mkdtemp(join(tmpdir(), 'tradepost-tls-'));
  const { certificate, privateKey } = await selfSignedCertificate(2);
  const files = { certificateFile: join(directory, 'certificate.pem'), keyFile: join(directory, 'key.pem') };
  await writeFile(files.certificateFile, certificate);
  await writeFile(files.keyFile, privateKey, { mode: 0o600 });
  return { certificate, files, remove: () => rm(directory, { recursive: true }) };
}

/** One request over TLS by somebody who trusts this certificate and no other. */
export async function sendSecurely(
  port: number,
  path: string,
  {
    ca,
    to = '127.0.0.1',
    host = to,
    method = 'GET',
  }: { ca: string; to?: string; host?: string; method?: string },
): Promise<Answer> {
  const agent = new Agent({ keepAlive: false });
  return new Promise((resolve, reject) => {
    const options = { agent, host: to, port, path, method, ca, headers: { Host: host } };
    const sent = request(options, (res) => {
      const { statusCode: status = 0, headers, rawHeaders } = res;
      text(res).then((body) => resolve({ status, headers, rawHeaders, body }), reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** The protocol that a client of only this version gets; null when it is refused. */
export async function negotiate(port: number, ca: string, version: SecureVersion): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, ca, minVersion: version, maxVersion: version };
    // The oldest versions want a library that lets them be spoken at all.
    const socket = connect({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on('error', () => resolve(null));
  });
}

/** Status and headers of one GET over HTTP/2. */
export async function getOverHttp2(port: number, path: string, ca: string): Promise<Record<string, unknown>> {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca });
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({ ':path': path });
      stream.on('response', (headers) => resolve({ ...headers }));
      stream.on('error', reject);
      stream.resume().end();
    });
  } finally {
    session.close();
  }
}
