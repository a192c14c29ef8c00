import { addDays, type Day, dayOf } from '../../clock/day.js';
import { InputsHash } from '../../protocol/total.js';
import type { LedgerSlot } from '../../storage/ledger.js';
import type { OriginRecord } from '../../storage/ledger-scan.js';
import type { Policy } from './policy.js';
import type { RosterEntry } from './roster.js';
import { byNodeId } from './total.js';
import type { Total } from './total-figures.js';
import { TotalFold } from './total-fold.js';

/** All that a total is a function of besides the ledger, as plain values: it may be asked of another thread. */
export interface TotalQuestion {
  federation: string;
  /** Without those whose every day is ruled out. */
  roster: readonly RosterEntry[];
  /** Single days that are ruled out. */
  ruledOut: readonly { origin: string; day: Day }[];
  /** A day whose newest report counts as if a person had released it; to see what that would do. */
  supposed?: { origin: string; day: Day };
  /** `<chain>.<epoch>` by day, as far back as totals look. */
  readKeys: Readonly<Record<Day, string>>;
  policy: Policy;
  nowMs: number;
}

export interface ComputedTotal {
  total: Total;
  /** Hash over what it was computed from: protocol/total.ts. */
  inputs: string;
}

/** Who computes totals: this thread, or one of its own. Rejects with StoreUnavailableError. */
export interface TotalComputer {
  compute(question: TotalQuestion): Promise<ComputedTotal>;
}

/** The days that a total looks at. */
export function daysOf({ policy, nowMs }: Pick<TotalQuestion, 'policy' | 'nowMs'>): { from: Day; to: Day } {
  const to = dayOf(nowMs);
  return { from: addDays(to, 1 - policy.ledgerDays), to };
}

/** @param records In the order of their node ids, each origin once. */
export function answerQuestion(question: TotalQuestion, records: Iterable<OriginRecord>): ComputedTotal {
  const fold = new TotalFold({ ...question, readKey: (day) => question.readKeys[day] ?? '' });
  const inputs = new InputsHash();
  const ruledOut = new Set(question.ruledOut.map(({ origin, day }) => `${origin} ${day}`));
  const left = byNodeId(question.roster).reverse();
  const nothing = (entry: RosterEntry) => fold.add(entry, [], () => null);
  for (const { origin, slots, sketchOf } of records) {
    while (left.length > 0 && left.at(-1)!.nodeId < origin) nothing(left.pop()!);
    if (left.at(-1)?.nodeId !== origin) continue;
    const entry = left.pop()!;
    if (!isCounted(entry)) continue;
    const standing = standingSlots(supposing(slots, question), question.federation).filter(
      ({ accepted }) => !ruledOut.has(`${origin} ${accepted.day}`),
    );
    inputs.add(inputsOf(standing));
    fold.add(entry, standing, sketchOf);
  }
  while (left.length > 0) nothing(left.pop()!);
  return { total: fold.finish(), inputs: inputs.digest() };
}

/** The slots as they would be once the supposed release was made. */
export function supposing(slots: LedgerSlot[], { supposed }: TotalQuestion): LedgerSlot[] {
  if (!supposed) return slots;
  return slots.map((slot) => {
    const { accepted } = slot;
    const isIt = accepted.origin === supposed.origin && accepted.day === supposed.day;
    return isIt ? { accepted, counted: accepted } : slot;
  });
}

/** Whoever was removed is not even among the inputs. */
export function isCounted({ status }: RosterEntry): boolean {
  return status === 'active' || status === 'probation';
}

/** The slots of this federation; an older counted report may be of another one. */
export function standingSlots(slots: readonly LedgerSlot[], federation: string): LedgerSlot[] {
  return slots
    .filter(({ accepted }) => accepted.report.federation === federation)
    .map(({ accepted, counted }) => ({
      accepted,
      counted: counted?.report.federation === federation ? counted : null,
    }));
}

/** What was decided about each report that stands, as it enters the hash. */
export function inputsOf(slots: readonly LedgerSlot[]) {
  return slots.flatMap(({ accepted, counted }) => {
    const isNewest = accepted.reportId === counted?.reportId;
    const newest = { ...inputOf(accepted), verdict: isNewest ? 'count' : 'hold' };
    return isNewest || !counted ? [newest] : [newest, { ...inputOf(counted), verdict: 'count' }];
  });
}

function inputOf({ origin, day, seq, reportId }: LedgerSlot['accepted']) {
  return { origin, day, seq, reportId };
}
