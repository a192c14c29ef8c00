import { appended } from '../audit-chain.js';
import type { AuditEnd, AuditEntry, AuditEvent, AuditLog } from '../audit-log.js';

export class MemoryAuditLog implements AuditLog {
  private readonly entries: AuditEntry[] = [];

  async append(event: AuditEvent): Promise<AuditEntry> {
    const entry = appended(this.ending(), event);
    this.entries.push(entry);
    return copyOf(entry);
  }

  async end(): Promise<AuditEnd> {
    return this.ending();
  }

  private ending(): AuditEnd {
    const newest = this.entries.at(-1) ?? null;
    return { newest, noted: newest };
  }

  async newest(limit: number, before = Number.POSITIVE_INFINITY): Promise<AuditEntry[]> {
    const older = this.entries.filter(({ number }) => number < before);
    return older.reverse().slice(0, limit).map(copyOf);
  }

  async following(after: number, limit: number): Promise<AuditEntry[]> {
    return this.entries
      .filter(({ number }) => number > after)
      .slice(0, limit)
      .map(copyOf);
  }
}

function copyOf(entry: AuditEntry): AuditEntry {
  return { ...entry, subject: { ...entry.subject } };
}
