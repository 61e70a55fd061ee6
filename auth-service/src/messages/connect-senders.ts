import type { Logger } from '@tradepost/service-kit/logger.ts';
import type { Channel, Sender, Senders } from './message.ts';
import { smsSender } from './sms-sender.ts';
import { smtpSender } from './smtp-sender.ts';
import { spoolSender } from './spool-sender.ts';

interface MessageSettings {
  SMTP_URL?: string | undefined;
  MAIL_FROM?: string | undefined;
  SMS_URL?: string | undefined;
  SMS_KEY?: string | undefined;
  MAIL_SPOOL?: string | undefined;
}

/** Where nothing is set: it is noted that there was a message, and never what it said or to whom. */
function noSender(channel: Channel, logger: Logger): Sender {
  return ({ id }) => {
    logger.warn('a message was not sent: no setting says how', { id, channel });
    return Promise.resolve();
  };
}

/** How messages leave, by the settings: a mail server and an SMS provider, else the development mailbox, else not at all. */
export function connectSenders(
  { SMTP_URL, MAIL_FROM, SMS_URL, SMS_KEY, MAIL_SPOOL }: MessageSettings,
  logger: Logger,
): Senders {
  const fallBack = (channel: Channel): Sender =>
    MAIL_SPOOL === undefined ? noSender(channel, logger) : spoolSender(MAIL_SPOOL);
  const email = SMTP_URL && MAIL_FROM && smtpSender({ url: SMTP_URL, from: MAIL_FROM });
  const sms = SMS_URL && SMS_KEY && smsSender({ url: SMS_URL, key: SMS_KEY });
  return { email: email || fallBack('email'), sms: sms || fallBack('sms') };
}
