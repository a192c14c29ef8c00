import { LessThan, MoreThan } from 'typeorm';
import { chained } from '../audit-chain.js';
import type { AuditEntry, AuditEvent, AuditLog } from '../audit-log.js';
import { jsonText } from '../json-text.js';
import type { RelationalDatabase } from './relational-database.js';
import { type AuditRow, AuditRows } from './rows/audit-row.js';

export class RelationalAuditLog implements AuditLog {
  constructor(private readonly database: RelationalDatabase) {}

  append(event: AuditEvent): Promise<AuditEntry> {
    return this.database.write(async (rows) => {
      const [last = null] = await rows.find(AuditRows, { order: { number: 'DESC' }, take: 1 });
      const entry = chained(last, event);
      await rows.insert(AuditRows, { ...entry, subject: jsonText(entry.subject) });
      return entry;
    });
  }

  async newest(limit: number, before = Number.MAX_SAFE_INTEGER): Promise<AuditEntry[]> {
    const where = { number: LessThan(before) };
    const order = { number: 'DESC' } as const;
    return entriesOf(await this.database.read((rows) => rows.find(AuditRows, { where, order, take: limit })));
  }

  async following(after: number, limit: number): Promise<AuditEntry[]> {
    const where = { number: MoreThan(after) };
    const order = { number: 'ASC' } as const;
    return entriesOf(await this.database.read((rows) => rows.find(AuditRows, { where, order, take: limit })));
  }
}

function entriesOf(rows: readonly AuditRow[]): AuditEntry[] {
  return rows.map((row) => ({ ...row, subject: JSON.parse(row.subject) as AuditEntry['subject'] }));
}
