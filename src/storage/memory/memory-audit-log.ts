import { chained } from '../audit-chain.js';
import type { AuditEntry, AuditEvent, AuditLog } from '../audit-log.js';

export class MemoryAuditLog implements AuditLog {
  private readonly entries: AuditEntry[] = [];

  async append(event: AuditEvent): Promise<AuditEntry> {
    const entry = chained(this.entries.at(-1) ?? null, event);
    this.entries.push(entry);
    return copyOf(entry);
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
