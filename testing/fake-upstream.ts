import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface UpstreamCall {
  method: string;
  path: string;
  body: unknown;
  headers: IncomingMessage['headers'];
}

type UpstreamAnswer = { status: number; body?: unknown } | 'hang' | 'reset';

/** Another service, faked at the HTTP border: records every call and answers what `answer` says, or never, or not at all. */
export async function startFakeUpstream(
  answer: (call: UpstreamCall) => UpstreamAnswer | Promise<UpstreamAnswer>,
) {
  const calls: UpstreamCall[] = [];
  const fake = createServer((req, res) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const call = { method: req.method ?? '', path: req.url ?? '', body, headers: req.headers };
      calls.push(call);
      const reply = await answer(call);
      if (reply === 'reset') req.socket.destroy();
      else if (reply !== 'hang') {
        res.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply.body));
      }
    })();
  });
  fake.listen(0, '127.0.0.1');
  await once(fake, 'listening');
  return {
    url: `http://127.0.0.1:${(fake.address() as AddressInfo).port}`,
    calls,
    async stop() {
      fake.closeAllConnections();
      fake.close();
      await once(fake, 'close');
    },
  };
}
