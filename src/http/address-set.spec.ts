import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { AddressSet, isAddress, readIPv4 } from './address-set.js';

describe('AddressSet', () => {
  const set = new AddressSet(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1', '::ffff:198.51.100.0/120']);

  it.each([
    '10.255.0.1',
    '192.0.2.7',
    '2001:db8:1::5',
    '::1',
    '::ffff:10.1.2.3',
    '198.51.100.255',
    '0:0::1',
    '2001:db8::1%eth0.7~x',
  ])('has %s', (address) => expect(set.has(address)).toBe(true));

  it.each([
    '11.0.0.1',
    '192.0.2.8',
    '2001:db9::1',
    '::2',
    '198.51.101.0',
    '',
    'x',
    '10.0.0',
    '010.0.0.1',
    '10.0.0.1 ',
  ])('has not %j', (address) => expect(set.has(address)).toBe(false));

  it('takes the whole of IPv4 as one range', () => {
    const all = new AddressSet(['0.0.0.0/0']);
    expect(all.has('255.255.255.255')).toBe(true);
    expect(all.has('::1')).toBe(false);
  });

  it('refuses what is no range', () => {
    for (const entry of ['', 'proxy.example', '10.0.0.0/33', '10.0.0.0/-1']) {
      expect(() => new AddressSet([entry])).toThrow(RangeError);
    }
  });

  it('agrees with ipaddr.js on every IPv4 range', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, network, bits) => {
        const range = ipaddr.IPv4.parseCIDR(`${network}/${bits}`);
        expect(new AddressSet([`${network}/${bits}`]).has(address)).toBe(
          ipaddr.IPv4.parse(address).match(range),
        );
      }),
    );
  });
});

describe('readIPv4', () => {
  it('reads four octets', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        const expected = text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
        expect(readIPv4(text)).toBe(expected);
      }),
    );
  });

  it.each([
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4 ',
    '1.2.3.٤',
    '1,2,3,4',
  ])('refuses %j', (text) => {
    expect(readIPv4(text)).toBeNull();
    expect(isAddress(text)).toBe(false);
  });
});
