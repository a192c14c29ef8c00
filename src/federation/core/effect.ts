import type { OriginRecord } from '../../storage/ledger-scan.js';
import type { InstanceRow, Total } from './total-figures.js';
import type { TotalFold } from './total-fold.js';
import { decisiveSlots, foldFor, ofRoster, sketchesOf, type TotalQuestion } from './total-question.js';

/** Totals that differ in nothing but a decision about one origin. */
export interface Effect {
  before: EffectSide;
  after: EffectSide;
}

export interface EffectSide {
  windows: Total['windows'];
  /** The origin's own row; null where it is in no total. */
  instance: InstanceRow | null;
}

export function sideOf({ windows, instances }: Total, origin: string): EffectSide {
  return { windows, instance: instances.find(({ node }) => node === origin) ?? null };
}

/**
 * Both in one pass: all others are added up once, and the origin last of all, each way. The questions differ in that
 * origin alone.
 * @param records In the order of their node ids, each origin once.
 */
export function answerEffect(
  origin: string,
  before: TotalQuestion,
  after: TotalQuestion,
  records: Iterable<OriginRecord>,
): Effect {
  const fold = foldFor(before);
  const decisive = decisiveSlots(before);
  let own: OriginRecord | null = null;
  const others = before.roster.filter(({ nodeId }) => nodeId !== origin);
  for (const { entry, record } of ofRoster(others, withoutOwn()))
    fold.add(entry, decisive(entry, record), sketchesOf(record));
  return { before: side(fold.copy(), before), after: side(fold, after) };

  function* withoutOwn(): Generator<OriginRecord> {
    for (const record of records)
      if (record.origin === origin) own = withItsSketches(record);
      else yield record;
  }

  function side(all: TotalFold, question: TotalQuestion): EffectSide {
    const entry = question.roster.find(({ nodeId }) => nodeId === origin);
    if (entry) all.add(entry, decisiveSlots(question)(entry, own), sketchesOf(own));
    return sideOf(all.finish(), origin);
  }
}

/** To be read after the next record was asked for. */
function withItsSketches({ origin, slots, sketchOf }: OriginRecord): OriginRecord {
  const reports = slots.flatMap(({ accepted, counted }) => [
    accepted.report,
    ...(counted ? [counted.report] : []),
  ]);
  const digests = reports.flatMap(({ sketches }) => Object.values(sketches));
  const kept = new Map(digests.map((digest) => [digest, sketchOf(digest)]));
  return { origin, slots, sketchOf: (digest) => kept.get(digest) ?? null };
}
