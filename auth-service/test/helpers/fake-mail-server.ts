import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Header and body as they came, without the dots that SMTP doubles. */
  content: string;
}

interface Answers {
  /** What a recipient gets; without it the server falls silent there. */
  recipient: string | undefined;
}

/** A mail server, faked at the SMTP border (RFC 5321): it keeps what comes, or refuses recipients as told. */
export async function startFakeMailServer() {
  const received: ReceivedMail[] = [];
  const recipients: string[] = [];
  const answers: Answers = { recipient: '250 OK' };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    converse(socket, { received, recipients, answers });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    /** Each recipient that was named, whatever the answer. */
    recipients,
    answers,
    /** Closes every connection, as a server does that is started again. */
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      this.hangUp();
      server.close();
      await once(server, 'close');
    },
  };
}

const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? '';

interface Kept {
  received: ReceivedMail[];
  recipients: string[];
  answers: Answers;
}

function converse(socket: Socket, { received, recipients, answers }: Kept): void {
  const say = (line: string) => socket.write(`${line}\r\n`);
  let mail: ReceivedMail = { from: '', to: [], content: '' };
  let data: string[] | undefined;
  let rest = '';

  const takeData = (lines: string[], line: string): void => {
    if (line !== '.') return void lines.push(line.replace(/^\.\./, '.'));
    received.push({ ...mail, content: lines.join('\n') });
    mail = { from: '', to: [], content: '' };
    data = undefined;
    say('250 taken');
  };
  const commands: Record<string, (line: string) => void> = {
    EHLO: () => say('250 fake.example'),
    HELO: () => say('250 fake.example'),
    MAIL: (line) => {
      mail.from = addressIn(line);
      say('250 OK');
    },
    RCPT: (line) => {
      recipients.push(addressIn(line));
      if (answers.recipient?.startsWith('2')) mail.to.push(addressIn(line));
      if (answers.recipient !== undefined) say(answers.recipient);
    },
    DATA: () => {
      data = [];
      say('354 go on');
    },
    RSET: () => say('250 OK'),
    QUIT: () => void socket.end('221 bye\r\n'),
  };
  say('220 fake.example ESMTP');
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = `${rest}${String(chunk)}`.split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (data) takeData(data, line);
      else (commands[line.slice(0, 4).toUpperCase()] ?? (() => say('502 not known')))(line);
    }
  });
}
