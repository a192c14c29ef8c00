import type { Decision, DecisionEvidence, Ledger, LedgerReport } from '../../../storage/ledger.js';
import type { Evidence } from './evidence.js';
import { gatherEvidence } from './gather-evidence.js';
import { judge } from './judge.js';
import type { Thresholds } from './thresholds.js';

export interface Judged {
  /** A report that was accepted. */
  report: LedgerReport;
  /** The report of its day that counts so far. */
  counted: LedgerReport | null;
  /** Canonical HYLL bytes by digest, as they came with the report. */
  delivered: ReadonlyMap<string, Uint8Array>;
}

/** What the rules decide of a report, with the figures that the decision rests on. */
export async function decide(
  { report: stored, counted, delivered }: Judged,
  ledger: Ledger,
  thresholds: Thresholds,
): Promise<Decision> {
  const evidence = await gatherEvidence(stored, counted, delivered, ledger, thresholds);
  const finding = judge(evidence, thresholds);
  const { origin, day, seq, receivedAtMs: atMs } = stored;
  const decision = { origin, day, seq, by: 'rule', atMs };
  const kept = releasesIn(evidence);
  if (!finding) return { ...decision, rule: 'accepted', verdict: 'count', ...(kept && { evidence: kept }) };
  const { rule, measured, threshold } = finding;
  return { ...decision, rule, verdict: 'hold', evidence: { finding: { measured, threshold }, ...kept } };
}

/** What the days after this one have to know of it; null when no person ever let a day count. */
function releasesIn({ report, history, released: mostReleased }: Evidence): DecisionEvidence | null {
  if (mostReleased === 0) return null;
  const released = history.find(({ day }) => day === report.day)?.uniques;
  return { ...(released !== undefined && { released }), mostReleased };
}
