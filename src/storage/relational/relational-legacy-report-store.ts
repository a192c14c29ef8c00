import { LessThan } from 'typeorm';
import type { LegacyReport, LegacyReportStore } from '../legacy-report-store.js';
import type { RelationalDatabase } from './relational-database.js';
import { LegacyReportRows } from './rows/legacy-report-row.js';

export class RelationalLegacyReportStore implements LegacyReportStore {
  constructor(private readonly database: RelationalDatabase) {}

  find(instanceId: string): Promise<LegacyReport | null> {
    return this.database.read((rows) => rows.findOneBy(LegacyReportRows, { instanceId }));
  }

  list(): Promise<LegacyReport[]> {
    return this.database.read((rows) => rows.find(LegacyReportRows, { order: { instanceId: 'ASC' } }));
  }

  async put(report: LegacyReport): Promise<void> {
    await this.database.write((rows) => rows.upsert(LegacyReportRows, report, ['instanceId']));
  }

  async prune(beforeMs: number): Promise<number> {
    const old = { receivedAtMs: LessThan(beforeMs) };
    const deleted = await this.database.write((rows) => rows.delete(LegacyReportRows, old));
    return deleted.affected ?? 0;
  }
}
