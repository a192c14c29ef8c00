import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { isoSeconds } from '../clock/day.js';
import { type NodeCard, openCard } from '../protocol/card.js';
import { isSignedBy, payloadId, readEnvelope } from '../protocol/envelope.js';
import { mayHaveSigned } from '../protocol/key-chain.js';
import { REPORT_BYTES_MAX, reportSchema } from '../protocol/report.js';
import { sketchDigest } from '../protocol/sketch-transfer.js';
import { parseStrictJson } from '../protocol/strict-json.js';
import { inputsHash, TOTAL_BYTES_MAX } from '../protocol/total.js';
import { decodeHyll } from '../sketch/hyll.js';
import type { Sketch } from '../sketch/sketch.js';
import type { LedgerReport, LedgerSlot } from '../storage/ledger.js';
import { PEER_STATUSES } from '../storage/peer-store.js';
import type { FederationNode } from './core/federation-node.js';
import { computeTotal } from './core/total.js';
import { parseTotal, publishedRows, type TotalSnapshot } from './core/total-board.js';
import { inputsOf } from './core/total-question.js';

const slotSchema = z.object({ accepted: z.string(), counted: z.string().nullable() });
const status = z.enum(PEER_STATUSES);

export const bundleSchema = z.object({
  total: z.string(),
  publisher: z.string(),
  cards: z.array(z.string()),
  slots: z.array(slotSchema),
  sketches: z.record(z.string(), z.string()),
  roster: z.array(
    z.object({
      nodeId: z.string(),
      name: z.string().nullable(),
      listed: z.boolean(),
      status,
      statusSinceMs: z.number(),
    }),
  ),
  policy: z.object({
    probationDays: z.number(),
    ledgerDays: z.number(),
    reportGapMs: z.number(),
    pendingMax: z.number(),
    pendingMs: z.number(),
  }),
  readKeys: z.record(z.string(), z.string()),
  identity: z.string().max(32),
  nowMs: z.number(),
});

/** A published total with everything that it is a function of. Envelopes are text; sketches base64 by digest. */
export type TotalBundle = z.infer<typeof bundleSchema>;

export function bundleOf(snapshot: TotalSnapshot, node: FederationNode): TotalBundle {
  const { inputs, slots, sketches } = snapshot;
  const { envelope, total } = snapshot.signed;
  const days = [...new Set([total.day, ...total.history.map(({ day }) => day)])];
  return {
    total: envelope,
    publisher: node.ownCard(),
    cards: [node.ownCard(), ...node.membership.peers().map((peer) => peer.card)],
    slots: slots.map(({ accepted, counted }) => ({
      accepted: accepted.envelope,
      counted: counted?.envelope ?? null,
    })),
    sketches: Object.fromEntries(
      [...sketches].map(([digest, bytes]) => [digest, Buffer.from(bytes).toString('base64')]),
    ),
    roster: [...inputs.roster],
    policy: inputs.policy,
    readKeys: Object.fromEntries(days.map((day) => [day, inputs.readKey(day)])),
    identity: inputs.identity,
    nowMs: inputs.nowMs,
  };
}

/** What was found when a total was computed again. */
export interface Verification {
  publisher: string;
  asOf: string;
  reports: number;
  /** What does not fit, in words. Empty: the total is what its inputs say. */
  problems: string[];
}

/** Computes a published total again from its inputs, every signature and digest checked. Throws for what is no bundle. */
export function verifyBundle(value: unknown): Verification {
  const bundle = bundleSchema.parse(value);
  const problems: string[] = [];
  const cards = new Map(bundle.cards.map((card) => openCard(card)).map((card) => [card.node, card]));
  const publisher = openCard(bundle.publisher);
  const opened = readEnvelope(bundle.total, TOTAL_BYTES_MAX);
  const total = parseTotal(bundle.total);
  const key = publisher.keys.find(({ keyId }) => keyId === opened.keyId);
  const isItsOwn = key !== undefined && total.publisher === publisher.node;
  if (opened.kind !== 'total' || !isItsOwn || !isSignedBy(opened, key.publicKey))
    problems.push("the total's signature is not its publisher's");
  if (total.asOf !== isoSeconds(bundle.nowMs)) problems.push('it was computed at another time than it says');
  const sketches = checkedSketches(bundle.sketches, problems);
  const slots = bundle.slots.map((slot) => checkedSlot(slot, cards, problems));
  const reports = slots.flatMap(({ accepted, counted }) => (counted ? [accepted, counted] : [accepted]));
  if (reports.some(({ report }) => report.federation !== total.federation))
    problems.push('a report is of another federation');
  problems.push(...slotProblems(slots, bundle.roster, sketches), ...rosterProblems(bundle.roster, cards));
  problems.push(...readKeyProblems(bundle.readKeys));
  if (inputsHash(inputsOf(slots)) !== total.inputs)
    problems.push('the inputs are not those that the total names');
  const recomputed = computeTotal({
    slots,
    sketchOf: (digest) => sketches.get(digest) ?? null,
    roster: bundle.roster,
    readKey: (day) => bundle.readKeys[day] ?? '',
    identity: bundle.identity,
    policy: bundle.policy,
    nowMs: bundle.nowMs,
  });
  const expected = { ...recomputed, ...publishedRows(recomputed.instances) };
  for (const part of ['day', 'windows', 'instances', 'instancesInAll', 'history'] as const) {
    if (!isDeepStrictEqual(expected[part], total[part]))
      problems.push(`${part}: recomputed to something else`);
  }
  return { publisher: publisher.node, asOf: total.asOf, reports: slots.length, problems };
}

function checkedSketches(encoded: Readonly<Record<string, string>>, problems: string[]): Map<string, Sketch> {
  const sketches = new Map<string, Sketch>();
  for (const [digest, text] of Object.entries(encoded)) {
    const bytes = Buffer.from(text, 'base64');
    if (sketchDigest(bytes) !== digest || bytes.toString('base64') !== text)
      problems.push(`sketch ${digest} is another one`);
    else sketches.set(digest, decodeHyll(bytes));
  }
  return sketches;
}

type BundleRoster = TotalBundle['roster'];

/** Each (origin, day) once, of somebody who reports, both of its reports about it, and nothing withheld. */
function slotProblems(
  slots: readonly LedgerSlot[],
  roster: BundleRoster,
  sketches: ReadonlyMap<string, Sketch>,
): string[] {
  const problems: string[] = [];
  const reporting = new Set(
    roster.filter(({ status }) => status === 'active' || status === 'probation').map(({ nodeId }) => nodeId),
  );
  const seen = new Set<string>();
  for (const { accepted, counted } of slots) {
    const { origin, day } = accepted;
    const name = `${day} of ${origin}`;
    if (seen.has(name)) problems.push(`${name} is listed twice`);
    seen.add(name);
    if (!reporting.has(origin)) problems.push(`${name} is of an origin that the roster does not count`);
    if (!counted) continue;
    if (counted.origin !== origin || counted.day !== day || counted.seq > accepted.seq)
      problems.push(`${name}: the counted report is about something else`);
    for (const digest of Object.values(counted.report.sketches))
      if (!sketches.has(digest)) problems.push(`${name}: sketch ${digest} was left out`);
  }
  return problems;
}

/** Everyone once, and called what their own card says. */
function rosterProblems(roster: BundleRoster, cards: ReadonlyMap<string, NodeCard>): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { nodeId, name, listed } of roster) {
    if (seen.has(nodeId)) problems.push(`${nodeId} is on the roster twice`);
    seen.add(nodeId);
    const card = cards.get(nodeId);
    if (!card) problems.push(`the card of ${nodeId} was left out`);
    else if (card.name !== name || card.listed !== listed)
      problems.push(`${nodeId} is not called what its card says`);
  }
  return problems;
}

/** Later days are read under the same key or one of a later epoch; a chain that another took over from is not taken up again. */
function readKeyProblems(readKeys: Readonly<Record<string, string>>): string[] {
  const keys = Object.keys(readKeys)
    .sort()
    .map((day) => readKeys[day]!)
    .filter((keyName) => keyName !== '')
    .map((keyName) => KEY_NAME.exec(keyName));
  const chains = new Set<string>();
  const isInOrder = keys.every((key, index) => {
    const before = keys[index - 1];
    if (!key) return false;
    const isTakenUpAgain = before?.[1] !== key[1] && chains.has(key[1]!);
    chains.add(key[1]!);
    return !isTakenUpAgain && (!before || Number(before[2]) <= Number(key[2]));
  });
  return isInOrder ? [] : ['the keys of the days are not of one chain, or go back'];
}

const KEY_NAME = /^([0-9a-f]{8})\.(\d{1,6})$/;

function checkedSlot(
  slot: z.infer<typeof slotSchema>,
  cards: ReadonlyMap<string, NodeCard>,
  problems: string[],
): LedgerSlot {
  return {
    accepted: checkedReport(slot.accepted, cards, problems),
    counted: slot.counted === null ? null : checkedReport(slot.counted, cards, problems),
  };
}

function checkedReport(text: string, cards: ReadonlyMap<string, NodeCard>, problems: string[]): LedgerReport {
  const envelope = readEnvelope(text, REPORT_BYTES_MAX);
  const report = reportSchema.parse(parseStrictJson(envelope.payload));
  const { origin, day, seq } = report;
  const card = cards.get(origin);
  const key = card?.keys.find(({ keyId }) => keyId === envelope.keyId);
  const isTheirs = key !== undefined && mayHaveSigned(key, Date.parse(report.issuedAt));
  if (envelope.kind !== 'report' || !isTheirs || !isSignedBy(envelope, key.publicKey))
    problems.push(`the report of ${origin} of ${day} is not signed by it`);
  return { origin, day, seq, reportId: payloadId(envelope.payload), envelope: text, report, receivedAtMs: 0 };
}
