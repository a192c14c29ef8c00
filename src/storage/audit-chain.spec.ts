import { beforeEach, describe, expect, it } from '@jest/globals';
import { appended, firstBroken } from './audit-chain.js';
import type { AuditEntry, AuditLog, AuditMark } from './audit-log.js';
import { MemoryAuditLog } from './memory/memory-audit-log.js';

let entries: AuditEntry[];
beforeEach(async () => {
  const log = new MemoryAuditLog();
  for (const action of ['a', 'b', 'c', 'd'])
    await log.append({ atMs: 1, by: 'x', action, subject: { node: 'n', day: 1 }, why: '' });
  entries = await log.following(0, 10);
});

/** A log as somebody left it who can write to the database. */
const logOf = (left: readonly AuditEntry[], noted: AuditMark | null = left.at(-1) ?? null) =>
  ({
    following: async (after: number) => left.filter(({ number }) => number > after),
    end: async () => ({ newest: left.at(-1) ?? null, noted }),
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

  const event = { atMs: 2, by: 'y', action: 'e', subject: {}, why: '' };
  /** The log with one more entry, which is noted as the newest one. */
  const goneOn = (left: readonly AuditEntry[], noted: AuditMark | null) => {
    const next = appended({ newest: left.at(-1) ?? null, noted }, event);
    return logOf([...left, next], next);
  };

  it('shows that the newest entries were taken out, also when it goes on', async () => {
    const noted = entries.at(-1)!;
    for (const kept of [0, 1, 3]) {
      const left = entries.slice(0, kept);
      expect(await firstBroken(logOf(left, noted))).toBe(kept + 1);
      expect(await firstBroken(goneOn(left, noted))).toBe(kept + 1);
    }
    expect(await firstBroken(goneOn(entries, noted))).toBeNull();
  });

  it('shows that an entry was put at the end, or the newest one replaced by another that fits', async () => {
    const [noted, left] = [entries[2]!, entries.slice(0, 2)];
    const other = appended({ newest: left.at(-1)!, noted: null }, event);
    expect(await firstBroken(logOf(entries, noted))).toBe(4);
    expect(await firstBroken(goneOn(entries, noted))).toBe(5);
    expect(await firstBroken(logOf([...left, other], noted))).toBe(3);
    expect(await firstBroken(goneOn([...left, other], noted))).toBe(4);
  });

  it('shows that what was noted of its end is gone', async () => {
    expect(await firstBroken(logOf(entries.slice(0, 1), null))).toBe(1);
  });
});
