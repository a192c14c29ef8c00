import ipaddr from 'ipaddr.js';

const IPV4_BITS = 24;
const IPV6_BITS = 48;

/** The network of an address, `203.0.113.0/24` or `2001:db8::/48`: it tells places apart, not people. */
export function networkOf(address: string | null): string | null {
  if (address === null || !ipaddr.isValid(address)) return null;
  const parsed = ipaddr.process(address);
  const isV4 = parsed.kind() === 'ipv4';
  const bits = isV4 ? IPV4_BITS : IPV6_BITS;
  const kind = isV4 ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${kind.networkAddressFromCIDR(`${parsed}/${bits}`)}/${bits}`;
}
