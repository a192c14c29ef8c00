import { beforeEach, describe, expect, it } from '@jest/globals';
import { firstBroken } from './audit-chain.js';
import type { AuditEntry, AuditLog } from './audit-log.js';
import { MemoryAuditLog } from './memory/memory-audit-log.js';

let entries: AuditEntry[];
beforeEach(async () => {
  const log = new MemoryAuditLog();
  for (const action of ['a', 'b', 'c', 'd'])
    await log.append({ atMs: 1, by: 'x', action, subject: { node: 'n', day: 1 }, why: '' });
  entries = await log.following(0, 10);
});

/** A log as somebody left it who can write to the database. */
const logOf = (left: readonly AuditEntry[]) =>
  ({
    following: async (after: number) => left.filter(({ number }) => number > after),
  }) as unknown as AuditLog;

describe('a hash-chained log', () => {
  it('is whole as it was written', async () => {
    expect(await firstBroken(logOf(entries))).toBeNull();
    expect(await firstBroken(logOf([]))).toBeNull();
  });

  it.each<[string, Partial<AuditEntry>]>([
    ['the time', { atMs: 2 }],
    ['who did it', { by: 'y' }],
    ['what was done', { action: 'z' }],
    ['to whom', { subject: { node: 'm', day: 1 } }],
    ['a fact less', { subject: { node: 'n' } }],
    ['the reason', { why: 'because' }],
    ['the hash before', { previous: 'f'.repeat(64) }],
    ['its own hash', { hash: 'f'.repeat(64) }],
  ])('shows that %s was changed', async (_what, changes) => {
    const changed = entries.map((entry) => (entry.number === 2 ? { ...entry, ...changes } : entry));
    expect(await firstBroken(logOf(changed))).toBe(2);
  });

  it('shows that an entry was taken out, put in, or swapped', async () => {
    const [a, b, c, d] = entries as [AuditEntry, AuditEntry, AuditEntry, AuditEntry];
    expect(await firstBroken(logOf([a, c, d]))).toBe(2);
    expect(await firstBroken(logOf([b, c, d]))).toBe(1);
    expect(await firstBroken(logOf([a, { ...c, number: 2 }, { ...b, number: 3 }, d]))).toBe(2);
  });
});
