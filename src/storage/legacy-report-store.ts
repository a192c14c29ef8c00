/** What a node of the earlier system said of itself: a plain count that nobody can verify or de-duplicate. */
export interface LegacyReport {
  instanceId: string;
  count: number;
  receivedAtMs: number;
  /** Whether an administrator listed the instance; only then its count is shown. */
  listed: boolean;
}

export interface LegacyReportStore {
  find(instanceId: string): Promise<LegacyReport | null>;
  /** Ordered by instance id. */
  list(): Promise<LegacyReport[]>;
  put(report: LegacyReport): Promise<void>;
  /** Forgets reports received before that time. Answers how many. */
  prune(beforeMs: number): Promise<number>;
}
