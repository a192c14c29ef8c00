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
  /** The federation's scheme. */
  identity: string;
  policy: Policy;
  nowMs: number;
}

export interface ComputedTotal {
  total: Total;
  /** Hash over what it was computed from: protocol/total.ts. */
  inputs: string;
}

/** The days that a total looks at. */
export function daysOf({ policy, nowMs }: Pick<TotalQuestion, 'policy' | 'nowMs'>): { from: Day; to: Day } {
  const to = dayOf(nowMs);
  return { from: addDays(to, 1 - policy.ledgerDays), to };
}

/** @param records In the order of their node ids, each origin once. */
export function answerQuestion(question: TotalQuestion, records: Iterable<OriginRecord>): ComputedTotal {
  const fold = foldFor(question);
  const inputs = new InputsHash();
  const decisive = decisiveSlots(question);
  for (const { entry, record } of ofRoster(question.roster, records)) {
    const slots = decisive(entry, record);
    inputs.add(inputsOf(slots));
    fold.add(entry, slots, sketchesOf(record));
  }
  return { total: fold.finish(), inputs: inputs.digest() };
}

export function foldFor(question: TotalQuestion): TotalFold {
  return new TotalFold({ ...question, readKey: (day) => question.readKeys[day] ?? '' });
}

/** Every entry of the roster in the order of node ids, with what there is of it. */
export function* ofRoster(
  roster: readonly RosterEntry[],
  records: Iterable<OriginRecord>,
): Generator<{ entry: RosterEntry; record: OriginRecord | null }> {
  const left = byNodeId(roster).reverse();
  for (const record of records) {
    while (left.length > 0 && left.at(-1)!.nodeId < record.origin) yield { entry: left.pop()!, record: null };
    if (left.at(-1)?.nodeId === record.origin) yield { entry: left.pop()!, record };
  }
  while (left.length > 0) yield { entry: left.pop()!, record: null };
}

/** The slots of a record that a total is made of. */
export function decisiveSlots(
  question: TotalQuestion,
): (entry: RosterEntry, record: OriginRecord | null) => LedgerSlot[] {
  const ruledOut = new Set(question.ruledOut.map(({ origin, day }) => `${origin} ${day}`));
  return (entry, record) => {
    if (!record || !isCounted(entry)) return [];
    return standingSlots(supposing(record.slots, question), question.federation).filter(
      ({ accepted }) => !ruledOut.has(`${record.origin} ${accepted.day}`),
    );
  };
}

export function sketchesOf(record: OriginRecord | null): OriginRecord['sketchOf'] {
  return record?.sketchOf ?? (() => null);
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
