import type { Day } from '../clock/day.js';
import type { Report } from '../protocol/report.js';

/** A report that passed acceptance, with the bytes it came in: they are stored and relayed unchanged. A value: nobody changes one. */
export interface LedgerReport {
  origin: string;
  day: Day;
  seq: number;
  /** Hex SHA-256 of the payload bytes. */
  reportId: string;
  /** The DSSE envelope exactly as received, UTF-8 JSON. */
  envelope: string;
  report: Report;
  receivedAtMs: number;
}

/** What is kept of one (origin, day): the newest accepted report and the newest that counts. Often the same. */
export interface LedgerSlot {
  accepted: LedgerReport;
  counted: LedgerReport | null;
}

/** A report that stands in a slot, as digests between nodes list it. */
export interface LedgerEntry {
  origin: string;
  day: Day;
  seq: number;
  reportId: string;
}

export type Verdict = 'count' | 'hold' | 'exclude';

/** What a rule or a person said of one report. Data beside the ledger, never baked into it. */
export interface Decision {
  origin: string;
  day: Day;
  seq: number;
  /** The rule's name, or `person`. */
  rule: string;
  verdict: Verdict;
  /** `rule`, or who decided. */
  by: string;
  atMs: number;
  evidence?: DecisionEvidence;
}

/** What a decision rests on, in figures that a person can weigh. */
export interface DecisionEvidence {
  /** What the rule that holds the report measured, and what it may be. */
  finding?: { measured: number; threshold: number };
  /** So many people of this day a person let count, in this report or in an earlier one of the day. */
  released?: number;
  /** The most people of a day, this one or an earlier one, that a person let count: handed on from day to day. */
  mostReleased?: number;
}

/**
 * The newest accepted and the newest counted report of every (origin, day), the sketches they name, and the
 * decisions about them: the only source of truth for totals.
 *
 * Every change is one transaction, durable when it resolves; a reader sees all of it or nothing.
 * Rejects with StoreUnavailableError when the store can't be written or read.
 */
export interface Ledger {
  /** Null when the origin never reported that day. */
  slot(origin: string, day: Day): Promise<LedgerSlot | null>;

  /**
   * All slots whose day lies between `from` and `to`, both included, ordered by origin, then day; as they were
   * at one moment. A slot is about 3 kB: on a large hub ask for one day at a time.
   */
  slots(from: Day, to: Day): Promise<LedgerSlot[]>;

  /** The slots of one origin whose day lies between `from` and `to`, both included, oldest first. */
  slotsOf(origin: string, from: Day, to: Day): Promise<LedgerSlot[]>;

  /**
   * The reports that stand in the slots of one day, one or two a slot, ordered by origin, then seq.
   * @param prefix Only of origins whose node id begins so, as text compares.
   */
  entries(day: Day, prefix?: string): Promise<LedgerEntry[]>;

  /** The same of one origin on all days between `from` and `to`, both included, ordered by day, then seq. */
  entriesOf(origin: string, from: Day, to: Day): Promise<LedgerEntry[]>;

  /**
   * Puts the report into the accepted slot, and into the counted slot too when the decision says `count`;
   * keeps the decision; adds the sketches that the report names (canonical HYLL bytes by `sha256:<hex>`) and
   * forgets those that no slot names any longer.
   *
   * Each slot is a join by `seq`: a report older than what stands there leaves it alone, so calls may come in
   * any order and any number of times (ledger-slots.ts). A report that already stands may be stored again to
   * give it a later decision; its sketches need not come along.
   */
  store(report: LedgerReport, sketches: ReadonlyMap<string, Uint8Array>, decision: Decision): Promise<void>;

  /** The canonical HYLL bytes of a sketch that some slot names; null when there are none. */
  sketch(digest: string): Promise<Uint8Array | null>;

  /** The newest decision about a report that stands in a slot; null when none does of that seq. */
  decision(origin: string, day: Day, seq: number): Promise<Decision | null>;

  /** The newest decision about each report that still stands in a slot, ordered by origin, day, seq. */
  decisions(from: Day, to: Day): Promise<Decision[]>;

  /** Forgets all that an origin ever reported, or what it reported of one day. */
  removeOrigin(origin: string, day?: Day): Promise<void>;

  /** Forgets days before `firstDay`. Answers how many slots were forgotten. */
  prune(firstDay: Day): Promise<number>;
}
