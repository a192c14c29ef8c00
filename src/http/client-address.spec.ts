import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAddress } from './address-set.js';
import { ClientAddress, callerOf } from './client-address.js';

const PROXY = '10.0.0.1';

describe('ClientAddress', () => {
  const behindProxies = new ClientAddress(['10.0.0.0/8', '::1']);

  it('believes no header when no proxy is configured', () => {
    expect(new ClientAddress([]).of('198.51.100.1', '203.0.113.9')).toBe('198.51.100.1');
  });

  it('believes no header from a stranger', () => {
    expect(behindProxies.of('198.51.100.1', '203.0.113.9')).toBe('198.51.100.1');
  });

  it('takes the right-most address that is no trusted proxy', () => {
    expect(behindProxies.of(PROXY, '203.0.113.9')).toBe('203.0.113.9');
    expect(behindProxies.of(PROXY, '1.1.1.1, 203.0.113.9, 10.0.0.7')).toBe('203.0.113.9');
    expect(behindProxies.of('::1', '2001:db8::5')).toBe('2001:db8::5');
    expect(behindProxies.of('::ffff:10.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
  });

  it('takes the left end when every hop is trusted', () => {
    expect(behindProxies.of(PROXY, '10.9.9.9, 10.0.0.7')).toBe('10.9.9.9');
  });

  it('does not look at what a stranger wrote to the left', () => {
    expect(behindProxies.of(PROXY, `${'x'.repeat(9_000)}, 203.0.113.9`)).toBe('203.0.113.9');
  });

  it('reads addresses with ports', () => {
    expect(behindProxies.of(PROXY, '203.0.113.9:51234')).toBe('203.0.113.9');
    expect(behindProxies.of(PROXY, '[2001:db8::5]:51234')).toBe('2001:db8::5');
    expect(behindProxies.of(PROXY, '[2001:db8::5]')).toBe('2001:db8::5');
  });

  it.each([
    '',
    ',',
    'unknown',
    '203.0.113.9,',
    '_hidden',
    '300.1.1.1',
    '1.2.3.4:port',
    '[::1',
    'x'.repeat(70),
    '203.0.113.9;',
  ])('ignores the malformed list %j', (header) => expect(behindProxies.of(PROXY, header)).toBe(PROXY));

  it('ignores a list longer than any chain of proxies', () => {
    expect(behindProxies.of(PROXY, Array(16).fill('10.0.0.7').join(','))).toBe('10.0.0.7');
    expect(behindProxies.of(PROXY, `203.0.113.9,${Array(16).fill('10.0.0.7').join(',')}`)).toBe(PROXY);
  });

  it('unwraps IPv4 of a dual-stack socket', () => {
    expect(behindProxies.of('::ffff:198.51.100.1', undefined)).toBe('198.51.100.1');
  });

  it('takes a whole /64 for one caller', () => {
    expect(callerOf('2001:db8:0:7::1')).toBe(callerOf('2001:db8:0:7:ffff::2'));
    expect(callerOf('2001:db8:0:7::1')).not.toBe(callerOf('2001:db8:0:8::1'));
    expect(callerOf('198.51.100.1')).toBe('198.51.100.1');
  });

  it('has no address for a connection without one', () => {
    expect(behindProxies.of(undefined, '203.0.113.9')).toBeNull();
  });

  it('always answers an address, whatever the header', () => {
    const part = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('10.1.1.1'), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const address = behindProxies.of(PROXY, parts.join(','));
        expect(address !== null && isAddress(address)).toBe(true);
      }),
    );
  });
});
