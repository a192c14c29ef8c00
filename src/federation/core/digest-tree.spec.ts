import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../../clock/day.js';
import type { LedgerEntry } from '../../storage/ledger.js';
import { BUCKET_COUNT, bucketOf, DigestTree, prefixOfBucket } from './digest-tree.js';

const TODAY = '2026-11-22';
const FROM = addDays(TODAY, -62);

const idOf = (number: number) => createHash('sha256').update(`node ${number}`).digest('base64url');
const entryArbitrary = fc
  .record({ node: fc.nat(9), back: fc.nat(4), seq: fc.integer({ min: 1, max: 5 }) })
  .map(
    ({ node, back, seq }): LedgerEntry => ({
      origin: idOf(node),
      day: addDays(TODAY, -back),
      seq,
      reportId: createHash('sha256').update(`${node} ${back} ${seq}`).digest('hex'),
    }),
  );
const entriesArbitrary = fc.array(entryArbitrary, { maxLength: 40 });

/** The newest report of every (origin, day), which is what a tree is about. */
function newestOf(entries: readonly LedgerEntry[]): Map<string, LedgerEntry> {
  const newest = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    const key = `${entry.origin} ${entry.day}`;
    if (entry.seq > (newest.get(key)?.seq ?? 0)) newest.set(key, entry);
  }
  return newest;
}

const isSame = (a: Map<string, LedgerEntry>, b: Map<string, LedgerEntry>) =>
  a.size === b.size && [...a].every(([key, { reportId }]) => b.get(key)?.reportId === reportId);

describe('a digest tree', () => {
  it('has one root for the same newest reports, in whatever order they came, and another for others', () => {
    fc.assert(
      fc.property(entriesArbitrary, entriesArbitrary, (left, right) => {
        const [a, b] = [DigestTree.of(left), DigestTree.of([...right].reverse())];
        expect(a.root(FROM, TODAY) === b.root(FROM, TODAY)).toBe(isSame(newestOf(left), newestOf(right)));
      }),
    );
    fc.assert(
      fc.property(entriesArbitrary, (entries) => {
        const sorted = [...entries].sort((a, b) => a.seq - b.seq);
        expect(DigestTree.of(entries).root(FROM, TODAY)).toBe(DigestTree.of(sorted).root(FROM, TODAY));
      }),
    );
  });

  it('differs in exactly the days and buckets that differ', () => {
    fc.assert(
      fc.property(entriesArbitrary, entryArbitrary, (entries, one) => {
        const before = DigestTree.of(entries);
        const after = DigestTree.of([...entries, { ...one, seq: 9 }]);
        const [old, now] = [before.days(FROM, TODAY), after.days(FROM, TODAY)];
        const days = [...now.keys()].filter((day) => now.get(day)!.hash !== old.get(day)?.hash);
        expect(days).toEqual([one.day]);
        const [oldBuckets, nowBuckets] = [before.buckets(one.day), after.buckets(one.day)];
        const buckets = [...nowBuckets].filter(([bucket, hash]) => oldBuckets.get(bucket) !== hash);
        expect(buckets.map(([bucket]) => bucket)).toEqual([bucketOf(one.origin)]);
      }),
    );
  });

  it('is as if an origin had never reported a day that is forgotten', () => {
    fc.assert(
      fc.property(entriesArbitrary, entryArbitrary, (entries, forgotten) => {
        const { origin, day } = forgotten;
        const tree = DigestTree.of([...entries, forgotten]);
        tree.forget(origin, day);
        const others = entries.filter((entry) => entry.origin !== origin || entry.day !== day);
        expect([...tree.days(FROM, TODAY)]).toEqual([...DigestTree.of(others).days(FROM, TODAY)]);
      }),
    );
  });

  it('counts the origins of a day and looks at no other days than asked', () => {
    const entry = { origin: idOf(1), day: TODAY, seq: 1, reportId: 'a' };
    const old = { ...entry, day: addDays(TODAY, -63) };
    const tree = DigestTree.of([entry, old, { ...entry, origin: idOf(2) }]);
    expect([...tree.days(FROM, TODAY)]).toEqual([[TODAY, { hash: expect.any(String), origins: 2 }]]);
    expect(tree.root(FROM, TODAY)).toBe(
      DigestTree.of([entry, { ...entry, origin: idOf(2) }]).root(FROM, TODAY),
    );
    tree.forgetBefore(TODAY);
    expect(tree.root(old.day, old.day)).toBe(new DigestTree().root(FROM, TODAY));
    expect(tree.days(FROM, TODAY).size).toBe(1);
  });

  it('finds the ids of a bucket by the character that they begin with', () => {
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
      const id = Buffer.concat([Buffer.from([bucket]), Buffer.alloc(31, 0xa5)]).toString('base64url');
      expect(bucketOf(id)).toBe(bucket);
      expect(id.startsWith(prefixOfBucket(bucket))).toBe(true);
    }
  });
});
