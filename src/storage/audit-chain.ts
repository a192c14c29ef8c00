import { createHash } from 'node:crypto';
import type { AuditEntry, AuditEvent, AuditLog } from './audit-log.js';

const NOTHING_BEFORE = '0'.repeat(64);
const PAGE = 500;

/** The entry that follows `previous`, which is null for the first. */
export function chained(previous: Pick<AuditEntry, 'number' | 'hash'> | null, event: AuditEvent): AuditEntry {
  const { atMs, by, action, subject, why } = event;
  const entry = {
    ...{ number: (previous?.number ?? 0) + 1, previous: previous?.hash ?? NOTHING_BEFORE },
    ...{ atMs, by, action, subject: { ...subject }, why },
  };
  return { ...entry, hash: hashOf(entry) };
}

/** The number of the first entry that does not fit its place; null when the whole log is as it was written. */
export async function firstBroken(log: AuditLog): Promise<number | null> {
  let last: AuditEntry | null = null;
  for (;;) {
    const page: AuditEntry[] = await log.following(last?.number ?? 0, PAGE);
    for (const entry of page) {
      const { number, previous, hash } = chained(last, entry);
      if (entry.number !== number || entry.previous !== previous || entry.hash !== hash) return number;
      last = entry;
    }
    if (page.length < PAGE) return null;
  }
}

/** Over a JSON array, whose order is given and not the object's. */
function hashOf({ number, previous, atMs, by, action, subject, why }: Omit<AuditEntry, 'hash'>): string {
  const told = Object.entries(subject).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([number, previous, atMs, by, action, told, why]);
  return createHash('sha256').update(text).digest('hex');
}
