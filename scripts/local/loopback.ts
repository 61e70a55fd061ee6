import { networkInterfaces } from 'node:os';

const own = new Set(
  Object.values(networkInterfaces())
    .flat()
    .map((one) => one?.address),
);
const found = ['127.0.0.1', '::1'].filter((address) => own.has(address));

/** The addresses by which this machine reaches itself: of IPv4, of IPv6, or of both. */
export const loopbacks: readonly string[] = found.length > 0 ? found : ['127.0.0.1'];

/** The one of them by which the processes of a checkout reach each other. */
export const loopback = loopbacks[0] ?? '127.0.0.1';

/** host:port, an address of IPv6 in brackets (RFC 3986 section 3.2.2). */
export function hostAndPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The address of a listener of this checkout. */
export function localUrl(port: number | string = '', path = ''): string {
  return `http://${hostAndPort(loopback, port)}${path}`;
}
