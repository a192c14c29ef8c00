import { type EntityManager, LessThan, MoreThan } from 'typeorm';
import { appended } from '../audit-chain.js';
import type { AuditEnd, AuditEntry, AuditEvent, AuditLog, AuditMark } from '../audit-log.js';
import { jsonText } from '../json-text.js';
import type { RelationalDatabase } from './relational-database.js';
import { type AuditRow, AuditRows } from './rows/audit-row.js';
import { SettingRows } from './rows/setting-row.js';

const NOTED = 'newest-audit-entry';

export class RelationalAuditLog implements AuditLog {
  constructor(private readonly database: RelationalDatabase) {}

  append(event: AuditEvent): Promise<AuditEntry> {
    return this.database.write(async (rows) => {
      const entry = appended(await endOf(rows), event);
      await rows.insert(AuditRows, { ...entry, subject: jsonText(entry.subject) });
      const { number, hash } = entry;
      await rows.upsert(SettingRows, { name: NOTED, value: jsonText({ number, hash }) }, ['name']);
      return entry;
    });
  }

  end(): Promise<AuditEnd> {
    return this.database.read(endOf);
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

async function endOf(rows: EntityManager): Promise<AuditEnd> {
  const [newest = null] = await rows.find(AuditRows, { order: { number: 'DESC' }, take: 1 });
  const noted = await rows.findOneBy(SettingRows, { name: NOTED });
  return { newest, noted: noted && (JSON.parse(noted.value) as AuditMark) };
}

function entriesOf(rows: readonly AuditRow[]): AuditEntry[] {
  return rows.map((row) => ({ ...row, subject: JSON.parse(row.subject) as AuditEntry['subject'] }));
}
