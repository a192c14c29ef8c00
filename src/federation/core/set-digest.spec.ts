import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SetDigest } from './set-digest.js';

function digestOf(members: Iterable<string>): string {
  const digest = new SetDigest();
  for (const member of members) digest.toggle(member);
  return digest.hex;
}

describe('the digest of a set', () => {
  it('is that of its members, in whatever order they came and whoever has gone again', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (toggled, other) => {
        const members = new Set<string>();
        for (const member of toggled) members.has(member) ? members.delete(member) : members.add(member);
        const digest = digestOf(toggled);
        expect(digest).toBe(digestOf([...members].reverse()));
        expect(digest).toMatch(/^[0-9a-f]{32}$/);
        expect(digestOf([...toggled, other])).not.toBe(digest);
      }),
    );
  });
});
