import { createHash } from 'node:crypto';
import type { AuditEnd, AuditEntry, AuditEvent, AuditLog, AuditMark } from './audit-log.js';

const NOTHING_BEFORE = '0'.repeat(64);
const PAGE = 500;

/** The next entry. Where the log does not end as was noted, it leaves the break to be seen. */
export function appended({ newest, noted }: AuditEnd, event: AuditEvent): AuditEntry {
  const number = Math.max(newest?.number ?? 0, noted?.number ?? 0);
  const last = noted ?? newest;
  return chained(last && { number, hash: last.hash }, event);
}

/** The entry that follows `previous`, which is null for the first. */
function chained(previous: AuditMark | null, event: AuditEvent): AuditEntry {
  const { atMs, by, action, subject, why } = event;
  const entry = {
    ...{ number: (previous?.number ?? 0) + 1, previous: previous?.hash ?? NOTHING_BEFORE },
    ...{ atMs, by, action, subject: { ...subject }, why },
  };
  return { ...entry, hash: hashOf(entry) };
}

/** The number of the first entry that does not fit its place or is missing; null when the whole log is as it was written. */
export async function firstBroken(log: AuditLog): Promise<number | null> {
  let last: AuditEntry | null = null;
  for (;;) {
    const page: AuditEntry[] = await log.following(last?.number ?? 0, PAGE);
    for (const entry of page) {
      const { number, previous, hash } = chained(last, entry);
      if (entry.number !== number || entry.previous !== previous || entry.hash !== hash) return number;
      last = entry;
    }
    if (page.length < PAGE) return brokenEnd(await log.end());
  }
}

/** What was cut off or put at the end leaves a chain that fits. */
function brokenEnd({ newest, noted }: AuditEnd): number | null {
  const [here, there] = [newest?.number ?? 0, noted?.number ?? 0];
  if (here !== there) return Math.min(here, there) + 1;
  return newest?.hash === noted?.hash ? null : here;
}

/** Over a JSON array, whose order is given and not the object's. */
function hashOf({ number, previous, atMs, by, action, subject, why }: Omit<AuditEntry, 'hash'>): string {
  const told = Object.entries(subject).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([number, previous, atMs, by, action, told, why]);
  return createHash('sha256').update(text).digest('hex');
}
