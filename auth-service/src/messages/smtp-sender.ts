import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { Sender } from './message.ts';

interface MailServer {
  /** smtp://user:password@host:port, or smtps:// for TLS from the first byte. */
  url: string;
  from: string;
}

type AnswerWithSocket = (error: Error | null, options?: { connection: Socket }) => void;

const connectionTimeout = 5_000;
/** Of silence: a server that says a little now and then never meets them. */
const timeouts = { connectionTimeout, greetingTimeout: 5_000, socketTimeout: 10_000 };

/** Closes a connection after so long, whatever it is at, unless it is told to let it be. */
function closeAfter(socket: Socket, ms: number): () => void {
  const error = Object.assign(new Error(`not done after ${ms} ms`), { code: 'ETIMEDOUT' });
  // Keeps no process that could end.
  const timer = setTimeout(() => socket.destroy(error), ms).unref();
  const letBe = (): void => clearTimeout(timer);
  socket.once('close', letBe);
  return letBe;
}

/** A connection of our own, because nodemailer closes none of its own from outside. */
async function openConnection(host: string, port: number, deadlineMs: number): Promise<Socket> {
  const socket = connect({ host, port });
  closeAfter(socket, deadlineMs);
  const letBe = closeAfter(socket, connectionTimeout);
  await once(socket, 'connect');
  letBe();
  return socket;
}

/**
 * Sends e-mail through a mail server; a password goes over TLS only.
 * @param deadlineMs how long one may take; below the lease of a message, or another replica would send it as well
 */
export function smtpSender({ url, from }: MailServer, deadlineMs = 45_000): Sender {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const hasLogIn = username !== '';
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (secure ? 465 : 587) };
  const transport = createTransport({
    ...address,
    secure,
    getSocket: (_options: unknown, answer: AnswerWithSocket) => {
      openConnection(address.host, address.port, deadlineMs).then(
        (connection) => answer(null, { connection }),
        (error: unknown) => answer(error as Error),
      );
    },
    // Without it whoever sits between could hide STARTTLS, and read the password (RFC 3207 section 6).
    requireTLS: hasLogIn && !secure,
    ...(hasLogIn && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    ...timeouts,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return async ({ id, to, subject, text, createdAt }) => {
    await transport.sendMail({
      from,
      to: { name: '', address: to },
      subject,
      text,
      date: createdAt,
      // The same when it is sent again, so that mail programs show it once.
      messageId: `<${id}@${domain}>`,
      // RFC 3834 section 5: no absence note comes back.
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  };
}
