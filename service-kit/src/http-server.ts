import {
  createServer,
  IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { sendProblem, sentPath } from './error-handler.ts';
import {
  badRequest,
  headerTooLarge,
  notFound,
  payloadTooLarge,
  type Problem,
  requestTimeout,
  versionNotSupported,
} from './problem.ts';
import { identifyAnswer } from './request-context.ts';

/** What `clientError` carries (Node.js manual, http, Event: 'clientError'). */
interface ParseError extends Error {
  code?: string;
  /** The packet in which the parser failed, and how far it got in it. */
  rawPacket?: Buffer;
  bytesParsed?: number;
}

const wrongVersion = () => versionNotSupported('Use HTTP/1.1.');
const byCode: Record<string, () => Problem> = {
  HPE_HEADER_OVERFLOW: () => headerTooLarge('Keep all headers below 16 kB.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: () => payloadTooLarge('Send chunks without extensions.'),
  HPE_INVALID_VERSION: wrongVersion,
  HPE_PAUSED_H2_UPGRADE: wrongVersion,
  ERR_HTTP_REQUEST_TIMEOUT: () => requestTimeout('Send the whole request without pauses.'),
};
const malformed = (): Problem =>
  badRequest('Check the request line, the headers and the framing of the body, then send the request again.');
const noSuchTarget = (): Problem => notFound('Send the path of a resource; /docs lists all.');
/** A method is a token (RFC 9110 section 9.1). */
const requestLine = /^(?<method>[\w!#$%&'*+.^`|~-]+) (?<target>\S+) HTTP\/1\.[01]\r?\n/;
/** Origin-form and absolute-form (RFC 9112 section 3.2). The others name no path: Express would answer them by itself. */
const namesPath = /^(?:\/|https?:\/\/)/i;
const lingerMs = 1_000;

/** The lines of the request that the parser refused; earlier ones of its connection may stand in the same packet. */
function refusedHead({ rawPacket, bytesParsed = 0 }: ParseError): string {
  const packet = rawPacket?.toString('latin1') ?? '';
  const end = packet.lastIndexOf('\r\n\r\n', bytesParsed);
  return packet.slice(end < 0 ? 0 : end + 4).split('\r\n\r\n', 1)[0] ?? '';
}

/** Makes a request of what can be read of the one that the parser refused. */
function salvage(error: ParseError, socket: Duplex): IncomingMessage {
  const head = refusedHead(error);
  const { method, target } = requestLine.exec(`${head}\r\n`)?.groups ?? {};
  const requestId = /\r\nx-request-id:[ \t]*(\S+)[ \t]*(?=\r\n|$)/i.exec(head)?.[1];
  const req = new IncomingMessage(socket as Socket);
  const headers = requestId === undefined ? {} : { 'x-request-id': requestId };
  Object.assign(req, { method, url: target ?? '/', headers, complete: true });
  req.push(null);
  return req;
}

/** Sends the rest, and reads on for a moment: a reset could overtake the answer (RFC 9112 section 9.6). */
function closeSoon(socket: Duplex): void {
  socket.end();
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

/** Writes the last answer of a connection that has no ServerResponse of its own at this moment. */
function answerLast(req: IncomingMessage, socket: Duplex, listener: RequestListener): void {
  if (!socket.writable) return;
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket as Socket);
  res.once('finish', () => {
    res.detachSocket(socket as Socket);
    closeSoon(socket);
  });
  listener(req, res);
}

function refuse(problem: Problem): RequestListener {
  return (req, res) => {
    if (!res.hasHeader('X-Request-Id')) identifyAnswer(req, res);
    sendProblem(res, problem, namesPath.test(req.url ?? '') ? sentPath(req.url ?? '') : '/');
  };
}

/**
 * An HTTP server whose answers all come from here or from `listener`: what Node would refuse by itself, with an empty body,
 * is answered as a problem. `listener` also gets methods that Node does not know, CONNECT, and unknown expectations, which
 * it ignores (RFC 9110 section 10.1.1).
 */
export function createHttpServer(listener: RequestListener, options: ServerOptions = {}): Server {
  const latest = new WeakMap<Duplex, ServerResponse>();
  const refused = new WeakSet<Duplex>();
  const route: RequestListener = (req, res) =>
    (namesPath.test(req.url ?? '') ? listener : refuse(noSuchTarget()))(req, res);
  const serve: RequestListener = (req, res) => {
    latest.set(req.socket, res);
    // A request of HTTP/1.1 has a Host (RFC 9112 section 3.2).
    const hasHost = req.headers.host !== undefined || req.httpVersion === '1.0';
    (hasHost ? route : refuse(malformed()))(req, res);
  };
  const afterEarlierAnswers = (socket: Duplex, answer: () => void): void => {
    const open = latest.get(socket);
    if (open && !open.closed) open.once('close', answer);
    else answer();
  };
  const server = createServer({ ...options, requireHostHeader: false }, serve);
  server.on('checkExpectation', serve);
  server.on('connect', (req, socket) => {
    socket.on('error', () => socket.destroy());
    afterEarlierAnswers(socket, () => answerLast(req, socket, route));
  });
  server.on('clientError', (error: ParseError, socket) => {
    // What a broken connection still brings is refused again by the parser.
    if (refused.has(socket)) return;
    refused.add(socket);
    if (!socket.writable) return void socket.destroy();
    const problem = (byCode[error.code ?? ''] ?? malformed)();
    const open = latest.get(socket);
    if (open && !open.closed && !open.req.complete) {
      // The body of a request that is at work.
      open.shouldKeepAlive = false;
      if (open.headersSent) closeSoon(socket);
      else refuse(problem)(open.req, open);
      return;
    }
    const req = salvage(error, socket);
    const isUnknownMethod = error.code === 'HPE_INVALID_METHOD' && req.method !== undefined;
    afterEarlierAnswers(socket, () => answerLast(req, socket, isUnknownMethod ? route : refuse(problem)));
  });
  return server;
}
