import type { LegacyReport, LegacyReportStore } from '../legacy-report-store.js';
import { MemoryTable } from './memory-table.js';

export class MemoryLegacyReportStore implements LegacyReportStore {
  private readonly table = new MemoryTable<LegacyReport>();

  async find(instanceId: string): Promise<LegacyReport | null> {
    return this.table.get(instanceId);
  }

  async list(): Promise<LegacyReport[]> {
    return this.table.rows();
  }

  async put(report: LegacyReport): Promise<void> {
    this.table.put(report.instanceId, report);
  }

  async prune(beforeMs: number): Promise<number> {
    const old = this.table.rows().filter((report) => report.receivedAtMs < beforeMs);
    for (const report of old) this.table.remove(report.instanceId);
    return old.length;
  }
}
