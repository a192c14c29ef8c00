import type { Clock } from '../../clock/clock.js';
import { type Day, daysFromTo, isoSeconds } from '../../clock/day.js';
import { type NodeCard, readSignedBy } from '../../protocol/card.js';
import { readEnvelope, signEnvelope } from '../../protocol/envelope.js';
import type { NodeKey } from '../../protocol/node-key.js';
import { Refusal } from '../../protocol/refusal.js';
import { parseStrictJson } from '../../protocol/strict-json.js';
import {
  inputsHash,
  type PublishedTotal,
  TOTAL_BYTES_MAX,
  TOTAL_VALUES_MAX,
  totalSchema,
} from '../../protocol/total.js';
import { EncodedSketch } from '../../sketch/hyll.js';
import type { Ledger, LedgerSlot } from '../../storage/ledger.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import { withSketches } from './ledger-totals.js';
import type { Policy } from './policy.js';
import type { RosterEntry } from './roster.js';
import { type RulingSet, rosterWithoutRuled, withoutRuled } from './rulings.js';
import { computeTotal, type TotalInputs } from './total.js';
import type { TotalComputer } from './total-computer.js';
import type { InstanceRow } from './total-figures.js';
import {
  type ComputedTotal,
  daysOf,
  inputsOf,
  isCounted,
  standingSlots,
  type TotalQuestion,
} from './total-question.js';

type RulingsReader = Pick<RulingSet, 'all' | 'on' | 'onAllDays'>;

export interface BoardOptions {
  ledger: Ledger;
  settings: SettingsStore;
  key: NodeKey;
  clock: Clock;
  policy: Policy;
  /** Null while this node is in no federation. */
  terms(): TotalTerms | null;
  roster(): RosterEntry[];
  rulings: RulingsReader;
  computer: TotalComputer;
}

export interface TotalTerms {
  federation: string;
  /** For people. */
  name: string;
  readKey(day: string): string;
  /** What stands for a person, such as `ip-ua/1`: the scheme of the federation's line. */
  identity: string;
}

/** A total as it is published, with the bytes that were signed. */
export interface SignedTotal {
  total: PublishedTotal;
  envelope: string;
}

/** All that a total was computed from: whoever has it can compute the total again. */
export interface TotalSnapshot {
  inputs: TotalInputs;
  slots: readonly LedgerSlot[];
  sketches: ReadonlyMap<string, Uint8Array>;
  signed: SignedTotal;
}

const SETTING = 'newest-total';
/** Of a large federation the others would make a total of many megabytes. */
const ROWS_MAX = 100;
/** As far as a publisher's clock may be ahead: a total of the far future would stand for good. */
const AHEAD_MS = 300_000;

/** The newest total: computed from the own ledger and signed, or as the hub published it. */
export class TotalBoard {
  private newest: SignedTotal | null = null;
  /** All of what this node has computed itself. */
  private rows: readonly InstanceRow[] | null = null;

  private constructor(private readonly options: BoardOptions) {}

  static async open(options: BoardOptions): Promise<TotalBoard> {
    const board = new TotalBoard(options);
    const kept = await options.settings.get(SETTING);
    if (typeof kept === 'string') board.newest = { envelope: kept, total: parseTotal(kept) };
    return board;
  }

  latest(): SignedTotal | null {
    return this.newest;
  }

  /** Every instance: a published total lists the largest hundred only. */
  instances(): readonly InstanceRow[] {
    return this.rows ?? this.newest?.total.instances ?? [];
  }

  /** Computes the total anew from the ledger, signs and keeps it. Null while in no federation. */
  async publish(): Promise<SignedTotal | null> {
    const question = this.question();
    if (!question) return null;
    const computed = await this.options.computer.compute(question);
    const signed = this.sign(question, computed);
    await this.keep(signed);
    this.rows = computed.total.instances;
    return signed;
  }

  /** The inputs of a total at this moment, all at once. Null while in no federation. */
  async snapshot(): Promise<TotalSnapshot | null> {
    const { ledger } = this.options;
    const question = this.question();
    if (!question) return null;
    const { from, to } = daysOf(question);
    const origins = new Set(question.roster.filter(isCounted).map(({ nodeId }) => nodeId));
    const { slots, sketches } = await withSketches(async () => {
      const counted = (await ledger.slots(from, to)).filter(({ accepted }) => origins.has(accepted.origin));
      return withoutRuled(standingSlots(counted, question.federation), this.options.rulings);
    }, ledger);
    const sketchOf = (digest: string) => {
      const bytes = sketches.get(digest);
      return bytes ? new EncodedSketch(bytes) : null;
    };
    const inputs = { ...question, slots, sketchOf, readKey: (day: Day) => question.readKeys[day] ?? '' };
    const computed = { total: computeTotal(inputs), inputs: inputsHash(inputsOf(slots)) };
    return { inputs, slots, sketches, signed: this.sign(question, computed) };
  }

  /** What a total of this moment is computed from, or would be under other rulings. Null while in no federation. */
  question(rulings: RulingsReader = this.options.rulings): TotalQuestion | null {
    const { clock, policy, roster } = this.options;
    const terms = this.options.terms();
    if (!terms) return null;
    const nowMs = clock.nowMs();
    const { from, to } = daysOf({ policy, nowMs });
    return {
      federation: terms.federation,
      roster: rosterWithoutRuled(roster(), rulings),
      ruledOut: rulings.all().flatMap(({ origin, day }) => (day === null ? [] : [{ origin, day }])),
      readKeys: Object.fromEntries(daysFromTo(from, to).map((day) => [day, terms.readKey(day)])),
      identity: terms.identity,
      policy,
      nowMs,
    };
  }

  private sign({ federation, nowMs }: TotalQuestion, { total: figures, inputs }: ComputedTotal): SignedTotal {
    const { key } = this.options;
    const total: PublishedTotal = {
      v: 1,
      federation,
      publisher: key.nodeId,
      asOf: isoSeconds(nowMs),
      inputs,
      ...figures,
      ...publishedRows(figures.instances),
    };
    return { total, envelope: signEnvelope('total', total, key) };
  }

  /** Keeps a total that a hub signed. */
  async keepFromHub(signed: SignedTotal): Promise<void> {
    if (isOlder(signed, this.newest)) return;
    await this.keep(signed);
    this.rows = null;
  }

  /** Throws Refusal for a total that is not that publisher's, or of another federation. */
  opened(envelope: string, publisher: NodeCard): SignedTotal {
    readSignedBy(publisher, envelope, 'total', TOTAL_BYTES_MAX);
    const total = parseTotal(envelope);
    if (total.publisher !== publisher.node) throw new Refusal('not-its-own-key');
    if (total.federation !== this.options.terms()?.federation) throw new Refusal('other-federation');
    if (Date.parse(total.asOf) > this.options.clock.nowMs() + AHEAD_MS)
      throw new Refusal('issued-in-the-future');
    return { total, envelope };
  }

  private async keep(signed: SignedTotal): Promise<void> {
    this.newest = signed;
    await this.options.settings.put(SETTING, signed.envelope);
  }
}

/** Whether the same publisher has said something later. */
export function isOlder({ total }: SignedTotal, known: SignedTotal | null): boolean {
  return known !== null && total.asOf < known.total.asOf && total.publisher === known.total.publisher;
}

/** The rows that a published total lists, and how many there are where these are not all. */
export function publishedRows(
  rows: readonly InstanceRow[],
): Pick<PublishedTotal, 'instances' | 'instancesInAll'> {
  if (rows.length <= ROWS_MAX) return { instances: [...rows] };
  const people = (row: InstanceRow) => row.windows['30d'].estimate;
  const largest = new Set([...rows].sort((a, b) => people(b) - people(a)).slice(0, ROWS_MAX));
  return { instances: rows.filter((row) => largest.has(row)), instancesInAll: rows.length };
}

/** Throws Refusal `bad-schema`. The signature is the caller's business. */
export function parseTotal(envelope: string): PublishedTotal {
  const parsed = totalSchema.safeParse(
    parseStrictJson(readEnvelope(envelope, TOTAL_BYTES_MAX).payload, TOTAL_VALUES_MAX),
  );
  if (!parsed.success) throw new Refusal('bad-schema');
  return parsed.data;
}
