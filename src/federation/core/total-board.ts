import type { Clock } from '../../clock/clock.js';
import { addDays, dayOf, isoSeconds } from '../../clock/day.js';
import type { NodeCard } from '../../protocol/card.js';
import { isSignedBy, readEnvelope, signEnvelope } from '../../protocol/envelope.js';
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
import { decodeHyll } from '../../sketch/hyll.js';
import type { Sketch } from '../../sketch/sketch.js';
import type { Ledger, LedgerSlot } from '../../storage/ledger.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import type { Policy } from './policy.js';
import type { RosterEntry } from './roster.js';
import { type Rulings, rosterWithoutRuled, withoutRuled } from './rulings.js';
import { computeTotal, type TotalInputs } from './total.js';

export interface BoardOptions {
  ledger: Ledger;
  settings: SettingsStore;
  key: NodeKey;
  clock: Clock;
  policy: Policy;
  /** Null while this node is in no federation. */
  terms(): TotalTerms | null;
  roster(): RosterEntry[];
  rulings: Pick<Rulings, 'on' | 'onAllDays'>;
}

export interface TotalTerms {
  federation: string;
  /** For people. */
  name: string;
  readKey(day: string): string;
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
}

const SETTING = 'newest-total';
const READS_MAX = 3;
/** As far as a publisher's clock may be ahead: a total of the far future would stand for good. */
const AHEAD_MS = 300_000;

/** The newest total: computed from the own ledger and signed, or as the hub published it. */
export class TotalBoard {
  private newest: SignedTotal | null = null;

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

  /** Computes the total anew from the ledger, signs and keeps it. Null while in no federation. */
  async publish(): Promise<SignedTotal | null> {
    const snapshot = await this.snapshot();
    if (!snapshot) return null;
    const signed = this.sign(snapshot);
    await this.keep(signed);
    return signed;
  }

  /** The inputs of a total at this moment. Null while in no federation. */
  async snapshot(): Promise<TotalSnapshot | null> {
    const { ledger, clock, policy, roster, rulings } = this.options;
    const terms = this.options.terms();
    if (!terms) return null;
    const nowMs = clock.nowMs();
    const today = dayOf(nowMs);
    const members = rosterWithoutRuled(roster(), rulings);
    const read = async () =>
      withoutRuled(
        slotsOf(await ledger.slots(addDays(today, 1 - policy.ledgerDays), today), members, terms.federation),
        rulings,
      );
    const { slots, sketches } = await withSketches(read, ledger);
    const decoded = new Map<string, Sketch>();
    for (const [digest, bytes] of sketches) decoded.set(digest, decodeHyll(bytes));
    const sketchOf = (digest: string) => decoded.get(digest) ?? null;
    const inputs = { slots, sketchOf, roster: members, readKey: terms.readKey, policy, nowMs };
    return { inputs, slots, sketches };
  }

  sign({ inputs, slots }: TotalSnapshot): SignedTotal {
    const { key } = this.options;
    const terms = this.options.terms();
    const total: PublishedTotal = {
      v: 1,
      federation: terms?.federation ?? '',
      publisher: key.nodeId,
      asOf: isoSeconds(inputs.nowMs),
      inputs: inputsHash(inputsOf(slots)),
      ...computeTotal(inputs),
    };
    return { total, envelope: signEnvelope('total', total, key) };
  }

  /** Keeps a total that a hub signed. Throws Refusal when it is not that hub's, or of another federation. */
  async keepFromHub(envelope: string, publisher: NodeCard): Promise<void> {
    const opened = readEnvelope(envelope, TOTAL_BYTES_MAX);
    if (opened.kind !== 'total') throw new Refusal('other-kind');
    if (opened.keyId !== publisher.keys.at(-1)?.keyId) throw new Refusal('not-its-own-key');
    if (!isSignedBy(opened, publisher.publicKey)) throw new Refusal('bad-signature');
    const total = parseTotal(envelope);
    if (total.publisher !== publisher.node) throw new Refusal('not-its-own-key');
    if (total.federation !== this.options.terms()?.federation) throw new Refusal('other-federation');
    if (Date.parse(total.asOf) > this.options.clock.nowMs() + AHEAD_MS)
      throw new Refusal('issued-in-the-future');
    if (this.newest && total.asOf < this.newest.total.asOf && total.publisher === this.newest.total.publisher)
      return;
    await this.keep({ total, envelope });
  }

  private async keep(signed: SignedTotal): Promise<void> {
    this.newest = signed;
    await this.options.settings.put(SETTING, signed.envelope);
  }
}

/** What was decided about each report that stands, as it enters the hash. */
export function inputsOf(slots: readonly LedgerSlot[]) {
  return slots.flatMap(({ accepted, counted }) => {
    const isCounted = accepted.reportId === counted?.reportId;
    const newest = { ...inputOf(accepted), verdict: isCounted ? 'count' : 'hold' };
    return isCounted || !counted ? [newest] : [newest, { ...inputOf(counted), verdict: 'count' }];
  });
}

function inputOf({ origin, day, seq, reportId }: LedgerSlot['accepted']) {
  return { origin, day, seq, reportId };
}

/**
 * The slots that a total is made of: of this federation, and of origins whose reports are taken. Whoever was removed
 * is not even among the inputs.
 */
function slotsOf(
  slots: readonly LedgerSlot[],
  roster: readonly RosterEntry[],
  federation: string,
): LedgerSlot[] {
  const isTaken = ({ status }: RosterEntry) => status === 'active' || status === 'probation';
  const origins = new Set(roster.filter(isTaken).map(({ nodeId }) => nodeId));
  return slots
    .filter(({ accepted }) => origins.has(accepted.origin) && accepted.report.federation === federation)
    .map(({ accepted, counted }) => ({
      accepted,
      counted: counted?.report.federation === federation ? counted : null,
    }));
}

/**
 * Slots together with the sketches they name. A report that is replaced in between takes its sketches along: then
 * the slots are read again. On the last attempt a sketch that is missing stays missing, and its day is not merged.
 */
async function withSketches(
  read: () => Promise<LedgerSlot[]>,
  ledger: Ledger,
): Promise<{ slots: LedgerSlot[]; sketches: Map<string, Uint8Array> }> {
  const sketches = new Map<string, Uint8Array>();
  for (let attempt = 1; ; attempt++) {
    const slots = await read();
    const named = new Set(slots.flatMap(({ counted }) => Object.values(counted?.report.sketches ?? {})));
    for (const digest of sketches.keys()) if (!named.has(digest)) sketches.delete(digest);
    for (const digest of named) {
      const bytes = sketches.get(digest) ?? (await ledger.sketch(digest));
      if (bytes) sketches.set(digest, bytes);
    }
    if (sketches.size === named.size || attempt === READS_MAX) return { slots, sketches };
  }
}

/** Throws Refusal `bad-schema`. The signature is the caller's business. */
export function parseTotal(envelope: string): PublishedTotal {
  const parsed = totalSchema.safeParse(
    parseStrictJson(readEnvelope(envelope, TOTAL_BYTES_MAX).payload, TOTAL_VALUES_MAX),
  );
  if (!parsed.success) throw new Refusal('bad-schema');
  return parsed.data;
}
