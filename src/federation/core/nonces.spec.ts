import { describe, expect, it } from '@jest/globals';
import { Nonces } from './nonces.js';

describe('Nonces', () => {
  it('take each once from each peer, until it expires', () => {
    const nonces = new Nonces();
    expect(nonces.take('a', 'x', 1000, 0)).toBe('new');
    expect(nonces.take('a', 'x', 1000, 1000)).toBe('repeated');
    expect(nonces.take('b', 'x', 1000, 0)).toBe('new');
    expect(nonces.take('a', 'x', 2000, 1001)).toBe('new');
  });

  it('refuse only the peer that has used up its share, until its oldest expire', () => {
    const nonces = new Nonces(3);
    for (const nonce of ['1', '2', '3']) expect(nonces.take('a', nonce, 500, 0)).toBe('new');
    expect(nonces.take('a', '4', 900, 0)).toBe('full');
    expect(nonces.take('b', '4', 900, 0)).toBe('new');
    expect(nonces.take('a', '4', 900, 501)).toBe('new');
  });

  it('forget strangers whose nonces have expired', () => {
    const nonces = new Nonces();
    for (let stranger = 0; stranger < 5000; stranger++) nonces.take(`s${stranger}`, 'x', 420_000, stranger);
    expect(nonces.peerCount).toBe(5000);
    expect(nonces.take('member', 'x', 900_000, 480_000)).toBe('new');
    expect(nonces.peerCount).toBe(1);
  });
});
