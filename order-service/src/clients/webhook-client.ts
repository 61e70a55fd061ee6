import { lookup as resolve, type LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import axios from 'axios';
import { isPublic } from './public-address.ts';

export interface WebhookClient {
  /** Why nothing is ever sent to an address; undefined when it may be. Asks what its name means at the moment. */
  whyRefused(url: string): Promise<string | undefined>;
  /** Sends once, follows no redirect, and tells the status of the answer; throws when there is none within 10 s. */
  post(url: string, body: string, headers: Record<string, string>): Promise<number>;
}

const deadlineMs = 10_000;
/** Nobody reads what a receiver says. */
const mostAnswerBytes = 64_000;

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
 * Sends to strangers. Redirects are not followed, and no connection is made to an address that points inside.
 * @param trustedHosts host:port of receivers that may be inside, for those who run some there
 */
export function createWebhookClient(trustedHosts: readonly string[]): WebhookClient {
  const trusted = new Set(trustedHosts);
  const guarded = {
    httpAgent: new http.Agent({ lookup: lookupPublic }),
    httpsAgent: new https.Agent({ lookup: lookupPublic }),
  };
  const client = axios.create({
    timeout: deadlineMs,
    maxRedirects: 0,
    maxContentLength: mostAnswerBytes,
    proxy: false,
    responseType: 'text',
    validateStatus: () => true,
  });
  return {
    async whyRefused(url) {
      const { host, hostname, protocol, username, password } = new URL(url);
      if (username || password) return 'must not carry a name or a password';
      if (trusted.has(host)) return undefined;
      return protocol === 'https:' ? whyInside(hostname) : 'must begin with https://';
    },
    async post(url, body, headers) {
      const { host, hostname } = new URL(url);
      const isTrusted = trusted.has(host);
      // A literal address is looked up by nobody.
      if (!isTrusted && isIP(bare(hostname)) && !isPublic(bare(hostname))) throw new InsideAddress(hostname);
      const signal = AbortSignal.timeout(deadlineMs);
      const { status } = await client.post(url, body, { headers, signal, ...(!isTrusted && guarded) });
      return status;
    },
  };
}
