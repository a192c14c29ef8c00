/** The choices that judgement and totals are made with. Part of what a published total is a function of. */
export interface Policy {
  /** Days during which a new member is visible but outside the headline. */
  probationDays: number;
  /** How many days back the ledger and the totals look. */
  ledgerDays: number;
  /** Reports of one day that follow each other faster than this are refused. */
  reportGapMs: number;
  /** Requests to join that may wait at once, and for how long. */
  pendingMax: number;
  pendingMs: number;
}

export const defaultPolicy: Policy = {
  probationDays: 7,
  ledgerDays: 63,
  reportGapMs: 60_000,
  pendingMax: 50,
  pendingMs: 30 * 86_400_000,
};
