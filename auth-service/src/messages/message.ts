export const channels = ['email', 'sms'] as const;
export type Channel = (typeof channels)[number];

/** What somebody is told by e-mail or SMS. */
export interface Message {
  to: string;
  channel: Channel;
  subject: string;
  text: string;
}

/** A message on its way; its id stays the same when it is sent again. */
export interface OutgoingMessage extends Message {
  id: string;
  createdAt: Date;
}

/** Hands over one message; throws when it could not, and it is tried again. */
export type Sender = (message: OutgoingMessage) => Promise<void>;
export type Senders = Record<Channel, Sender>;
