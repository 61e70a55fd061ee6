import ipaddr from 'ipaddr.js';

/** The only part of IPv6 that is routed on the internet (RFC 4291 section 2.5.4; IANA, IPv6 Address Space). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** An address of IPv4, as DNS64 writes it in a network that has IPv6 only (RFC 6052 section 2.1). */
const translated = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Whether an address belongs to the public internet: not to this machine, a private or link-local network, or a tunnel into one. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.range() === 'unicast';
  if (parsed.match(translated)) return isPublic(parsed.toByteArray().slice(-4).join('.'));
  return parsed.match(globalUnicast) && parsed.range() === 'unicast';
}
