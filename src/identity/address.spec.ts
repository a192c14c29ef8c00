import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { reduceAddress } from './address.js';

const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
const groups = fc.array(group, { minLength: 8, maxLength: 8 });
/** Text that looks like an address, right and wrong: pieces of addresses in any order. */
const addressLike = fc
  .array(
    fc.constantFrom(
      ':',
      '::',
      '.',
      '%',
      '0',
      '1',
      'ffff',
      'FE80',
      '10',
      '255',
      '256',
      '010',
      '1.2.3.4',
      'g',
      ' ',
    ),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(''));

function unmapped(address: ipaddr.IPv6): boolean {
  return !address.isIPv4MappedAddress();
}

describe('reduceAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['0.0.0.0', '0.0.0.0'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1%eth0', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:DB8:0:7:aaaa:bbbb:cccc:dddd', '2001:db8:0:7::/64'],
    ['0:0:0:1:2:3:4:5', '0:0:0:1::/64'],
    ['2001:db8:0007::', '2001:db8:7::/64'],
    ['fe80::1%br-lan.100', 'fe80::/64'],
    ['::1', '::/64'],
    ['::', '::/64'],
    ['::192.0.2.1', '::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b::/64'],
    ['2002:c000:0201::1', '2002:c000:201::/64'],
  ])('%s is %s', (text, reduced) => {
    expect(reduceAddress(text)).toBe(reduced);
  });

  it.each([
    '',
    ' 192.0.2.1',
    '192.0.2.1\n',
    '192.0.2.01',
    '0300.0.2.1',
    '0xc0.0.2.1',
    '192.0.513',
    '3221225985',
    '192.0.2.256',
    '192.0.2.1.1',
    '192.0.2.1:80',
    '192.0.2.1%eth0',
    '192.0.2.0/24',
    '[2001:db8::1]',
    '2001:db8::1/64',
    '::ffff:192.0.2.01',
    '::ffff:0x10.0.0.1',
    '192.0.2.1::',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '1:2:3:4:5:6:7',
    '1::2::3',
    '1:::2',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '12345::',
    'g::',
    '::%',
    '::1%a%b',
    'localhost',
    'unknown',
    '１９２.0.2.1',
    `::1%${'z'.repeat(40)}`,
    `${'0:'.repeat(10_000)}1`,
  ])('is null for %j', (text) => {
    expect(reduceAddress(text)).toBeNull();
  });

  it('keeps IPv4 addresses as they are', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(reduceAddress(text)).toBe(text);
        expect(reduceAddress(`::ffff:${text}`)).toBe(text);
      }),
    );
  });

  it('gives all addresses of a /64 one text, however written, and no other address that text', () => {
    fc.assert(
      fc.property(groups, groups, (a, b) => {
        fc.pre(unmapped(new ipaddr.IPv6(a)));
        const address = new ipaddr.IPv6(a);
        const written = [
          address.toNormalizedString(),
          address.toRFC5952String().toUpperCase(),
          a.map((each) => each.toString(16).padStart(4, '0')).join(':'),
        ];
        const reduced = new Set(written.map(reduceAddress));
        expect(reduced).toEqual(
          new Set([`${new ipaddr.IPv6([...a.slice(0, 4), 0, 0, 0, 0]).toRFC5952String()}/64`]),
        );

        const neighbour = new ipaddr.IPv6([...a.slice(0, 4), ...b.slice(4)]);
        if (unmapped(neighbour)) expect(reduced).toContain(reduceAddress(neighbour.toNormalizedString()));
        const stranger = new ipaddr.IPv6(b);
        const isSameNetwork = a.slice(0, 4).join() === b.slice(0, 4).join() && unmapped(stranger);
        expect(reduced.has(reduceAddress(stranger.toNormalizedString()))).toBe(isSameNetwork);
      }),
    );
  });

  it('takes for an address exactly what Node does', () => {
    fc.assert(
      fc.property(fc.oneof(addressLike, fc.ipV6(), fc.string({ maxLength: 50 })), (text) => {
        // Node takes any zone; one that an interface can't have is refused here.
        fc.pre(!text.includes('%'));
        expect(reduceAddress(text) !== null).toBe(isIPv4(text) || isIPv6(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
