import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { createPostForStatus } from '@tradepost/jobs/post-for-status.ts';
import { isPublic } from './public-address.ts';

export interface WebhookClient {
  /** Returns why nothing is ever sent to an address, undefined when it may be used. Resolves its name. */
  whyRefused(url: string): Promise<string | undefined>;
  /** Sends once and returns the status of the answer; throws when no status line arrives within 10 s. */
  post(url: string, body: string, headers: Record<string, string>): Promise<number>;
}

const deadlineMs = 10_000;

class InsideAddress extends Error {
  constructor(host: string) {
    super(`${host} is not an address of the public internet`);
  }
}

/** Checked where the connection is made: a name may mean something else by then than when it was registered. */
const lookupPublic: LookupFunction = (host, options, callback) => {
  resolve(host, { ...options, all: true }, (error, found) => {
    const addresses: LookupAddress[] = error ? [] : found;
    const [first] = addresses;
    if (error) callback(error, '', 0);
    else if (!first || addresses.some(({ address }) => !isPublic(address)))
      callback(new InsideAddress(host), '', 0);
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

function whyInside(hostname: string): Promise<string | undefined> {
  const host = bare(hostname);
  if (isIP(host)) return Promise.resolve(isPublic(host) ? undefined : new InsideAddress(host).message);
  return new Promise((done) => {
    lookupPublic(host, {}, (error) => {
      if (error instanceof InsideAddress) done(error.message);
      else done(error ? `${host} cannot be found` : undefined);
    });
  });
}

/**
 * Makes a client for receivers outside. It makes no connection to an address inside, and follows no redirect.
 * @param trustedHosts host:port of receivers that may be inside
 */
export function createWebhookClient(trustedHosts: readonly string[]): WebhookClient {
  const trusted = new Set(trustedHosts);
  const postAnywhere = createPostForStatus({ deadlineMs });
  const postOutside = createPostForStatus({ deadlineMs, lookup: lookupPublic });
  return {
    async whyRefused(url) {
      const { host, hostname, protocol, username, password } = new URL(url);
      if (username || password) return 'must not carry a name or a password';
      if (trusted.has(host)) return undefined;
      return protocol === 'https:' ? whyInside(hostname) : 'must begin with https://';
    },
    async post(url, body, headers) {
      const { host, hostname } = new URL(url);
      if (trusted.has(host)) return postAnywhere(url, body, headers);
      // No lookup happens for a literal address.
      if (isIP(bare(hostname)) && !isPublic(bare(hostname))) throw new InsideAddress(hostname);
      return postOutside(url, body, headers);
    },
  };
}
