import { describe, expect, it } from '@jest/globals';
import { AddressVetting } from './address-vetting.js';

describe('AddressVetting', () => {
  const vetting = new AddressVetting(['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32']);

  it.each(['9.9.9.9', '93.184.216.34', '2a00:1450:4001:800::200e', '::ffff:9.9.9.9'])(
    'calls %s global',
    (address) => {
      expect(vetting.verdict(address)).toBe('global');
    },
  );

  it.each(['10.1.2.3', '127.0.0.1', 'fd00:1::7', '::ffff:10.1.2.3', '::ffff:7f00:1'])(
    'calls %s allowed',
    (address) => {
      expect(vetting.verdict(address)).toBe('allowed');
    },
  );

  it.each([
    ['this host', '0.0.0.0'],
    ['loopback', '127.0.0.2'],
    ['loopback', '::1'],
    ['loopback, mapped', '::ffff:127.0.0.2'],
    ['loopback, IPv4-compatible', '::7f00:2'],
    ['loopback, translated', '64:ff9b::7f00:1'],
    ['loopback, 6to4', '2002:7f00:1::'],
    ['private, translated locally', '64:ff9b:1::a00:1'],
    ['private', '10.2.0.1'],
    ['private', '172.16.0.1'],
    ['private', '192.168.1.1'],
    ['a cloud’s metadata', '169.254.169.254'],
    ['link-local', 'fe80::1'],
    ['unique local', 'fd12::1'],
    ['site-local', 'fec0::1'],
    ['carrier NAT', '100.64.0.1'],
    ['protocol assignments', '192.0.0.8'],
    ['documentation', '192.0.2.1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff:1::1'],
    ['segment routing', '5f00::1'],
    ['private, IPv4-compatible', '::a00:1'],
    ['benchmarks', '198.18.0.1'],
    ['6to4 relays', '192.88.99.1'],
    ['Teredo', '2001:0:7f00:1::'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['a name', 'localhost'],
    ['nothing', ''],
  ])('refuses %s: %s', (_what, address) => {
    expect(vetting.verdict(address)).toBe('refused');
  });
});
