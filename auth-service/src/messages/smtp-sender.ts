import { createTransport } from 'nodemailer';
import type { Sender } from './message.ts';

interface MailServer {
  /** smtp://user:password@host:port, or smtps:// for TLS from the first byte. */
  url: string;
  from: string;
}

/** Together below the lease of a message. */
const timeouts = {
  dnsTimeout: 5_000,
  connectionTimeout: 5_000,
  greetingTimeout: 5_000,
  // Of silence.
  socketTimeout: 10_000,
};

/** Sends e-mail through a mail server; a password goes over TLS only. */
export function smtpSender({ url, from }: MailServer): Sender {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const hasLogIn = username !== '';
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 465 : 587),
    secure,
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
