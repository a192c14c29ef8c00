import type { Clock } from '../../clock/clock.js';
import { addDays, dayOf, isoSeconds } from '../../clock/day.js';
import type { NodeCard } from '../../protocol/card.js';
import { isSignedBy, readEnvelope, signEnvelope } from '../../protocol/envelope.js';
import type { NodeKey } from '../../protocol/node-key.js';
import { Refusal } from '../../protocol/refusal.js';
import { parseStrictJson } from '../../protocol/strict-json.js';
import { inputsHash, type PublishedTotal, TOTAL_BYTES_MAX, totalSchema } from '../../protocol/total.js';
import { decodeHyll } from '../../sketch/hyll.js';
import type { Sketch } from '../../sketch/sketch.js';
import type { Ledger, LedgerSlot } from '../../storage/ledger.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import type { Policy } from './policy.js';
import type { RosterEntry } from './roster.js';
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
}

export interface TotalTerms {
  federation: string;
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
    const { ledger, clock, policy, roster } = this.options;
    const terms = this.options.terms();
    if (!terms) return null;
    const nowMs = clock.nowMs();
    const today = dayOf(nowMs);
    const slots = await ledger.slots(addDays(today, 1 - policy.ledgerDays), today);
    const sketches = await sketchesOf(slots, ledger);
    const decoded = new Map<string, Sketch>();
    for (const [digest, bytes] of sketches) decoded.set(digest, decodeHyll(bytes));
    const sketchOf = (digest: string) => decoded.get(digest) ?? null;
    const inputs = { slots, sketchOf, roster: roster(), readKey: terms.readKey, policy, nowMs };
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
    if (opened.keyId !== publisher.node) throw new Refusal('not-its-own-key');
    if (!isSignedBy(opened, publisher.publicKey)) throw new Refusal('bad-signature');
    const total = parseTotal(envelope);
    if (total.publisher !== publisher.node) throw new Refusal('not-its-own-key');
    if (total.federation !== this.options.terms()?.federation) throw new Refusal('other-federation');
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

async function sketchesOf(slots: readonly LedgerSlot[], ledger: Ledger): Promise<Map<string, Uint8Array>> {
  const sketches = new Map<string, Uint8Array>();
  for (const { counted } of slots) {
    for (const digest of Object.values(counted?.report.sketches ?? {})) {
      const bytes = await ledger.sketch(digest);
      if (bytes) sketches.set(digest, bytes);
    }
  }
  return sketches;
}

/** Throws Refusal `bad-schema`. The signature is the caller's business. */
export function parseTotal(envelope: string): PublishedTotal {
  const parsed = totalSchema.safeParse(parseStrictJson(readEnvelope(envelope, TOTAL_BYTES_MAX).payload));
  if (!parsed.success) throw new Refusal('bad-schema');
  return parsed.data;
}
