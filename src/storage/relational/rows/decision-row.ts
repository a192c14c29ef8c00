import { EntitySchema } from 'typeorm';
import type { DecisionEvidence, Verdict } from '../../ledger.js';
import { asJson, asNumber, LARGE_INTEGER, ROW_ID, TEXT } from '../column-types.js';

/** The newest decision about a standing report. It goes when the report goes. */
export interface DecisionRow {
  report: number;
  rule: string;
  verdict: Verdict;
  decidedBy: string;
  decidedAtMs: number;
  evidence: DecisionEvidence | null;
}

export const DecisionRows = new EntitySchema<DecisionRow>({
  name: 'decision',
  tableName: 'decisions',
  columns: {
    report: {
      type: ROW_ID,
      primary: true,
      foreignKey: { target: 'report', onDelete: 'CASCADE', name: 'decisions_report' },
    },
    rule: { type: TEXT },
    verdict: { type: TEXT },
    decidedBy: { type: TEXT, name: 'decided_by' },
    decidedAtMs: { type: LARGE_INTEGER, name: 'decided_at_ms', transformer: asNumber },
    evidence: { type: TEXT, nullable: true, transformer: asJson },
  },
});
