import type { Day } from '../../clock/day.js';
import { envelopeId } from '../../protocol/envelope.js';
import type { LedgerEntry, LedgerReport } from '../../storage/ledger.js';
import type { Offer } from './deliveries.js';
import { bucketOf, type DigestTree } from './digest-tree.js';
import { digestDays, type LedgerView } from './ledger-view.js';
import {
  bucketsSchema,
  CARDS_PER_CALL_MAX,
  type DigestAsk,
  daysSchema,
  ENTRIES_PER_PAGE_MAX,
  entriesSchema,
  type Push,
  type PushOutcome,
  REPORTS_PER_PULL_MAX,
  rootSchema,
} from './messages.js';
import type { PeerCalls } from './peer-calls.js';

/** What a reconciliation needs of the node it runs in, and of the exchange it belongs to. */
export interface ReconciliationContext {
  calls: Pick<PeerCalls, 'digest' | 'pull'>;
  url: string;
  /** What of the own ledger is compared. */
  view: LedgerView;
  /** Only this origin's reports, where the view holds no others. */
  origin: string | null;
  today: Day;
  /** Whether a report of that origin would be taken: others are not asked for. */
  takes(origin: string): boolean;
  /** What the other side has and this one should look at. */
  missing(here: readonly LedgerEntry[], there: readonly LedgerEntry[]): LedgerEntry[];
  /** What the peer says of its members: null when it says nothing. */
  hear(members: string | null): void;
  /** How many of that origin's reports the peer is offered. */
  offer(origin: string): Offer;
  receive(push: Push): Promise<PushOutcome[]>;
  give(reports: readonly LedgerReport[]): Promise<void>;
  /** Looks at every entry although the newest reports are the same: an older one may stand beside a held one. */
  isThorough?: boolean;
  /** How far it has come. */
  progress?(catchUp: CatchUp): void;
}

/** How far a comparison has come, of the days on which the two ledgers differ. */
export interface CatchUp {
  daysDone: number;
  days: number;
  /** Reports that came in. */
  reports: number;
}

export interface Reconciled {
  /** Reports that came in and were not known here. */
  pulled: number;
  /** Entries of the peer that `takes` did not want. */
  unwanted: LedgerEntry[];
  /** What the peer says of its proofs; null when it says nothing. */
  proofs: string | null;
}

/** One call for the entries of many small days; a large day is looked at bucket by bucket. */
const ENTRIES_PER_ASK = ENTRIES_PER_PAGE_MAX - 100;
const OFFERED_AT_ONCE = 200;
/** The newest report of an origin's day, and the counted one beside it while that is held. */
const ENTRIES_PER_SLOT_MAX = 2;

/**
 * Brings two ledgers in step: compares hashes from the root down, pulls what the peer has and this node lacks, and
 * gives it what it lacks, a day at a time from the oldest. Everything pulled is accepted and judged like any other
 * report. Null for a peer that answers no digests.
 */
export async function reconcile(context: ReconciliationContext): Promise<Reconciled | null> {
  const done: Reconciled = { pulled: 0, unwanted: [], proofs: null };
  const tree = await context.view.tree();
  const { from, to } = digestDays(context.today);
  const root = await ask(context, { ask: 'root' }, rootSchema);
  if (root === null) return null;
  done.proofs = root.proofs ?? null;
  context.hear(root.members ?? null);
  if (root.root === tree.root(from, to) && !context.isThorough) return done;
  const parts = await differingParts(context, tree);
  for (const [index, part] of parts.entries()) {
    const report = () => context.progress?.({ ...daysOf(parts, index), reports: done.pulled });
    report();
    const theirs = await entriesOf(context, part);
    const mine = (await Promise.all(part.days.map((day) => context.view.entries(day, part.buckets)))).flat();
    await settle(context, mine, theirs, done, report);
  }
  return done;
}

/** Before the part of that index. A day of many parts is done with the last of them. */
function daysOf(parts: readonly Part[], index: number): Omit<CatchUp, 'reports'> {
  const count = (some: readonly Part[]) => new Set(some.flatMap(({ days }) => days)).size;
  return { daysDone: count(parts) - count(parts.slice(index)), days: count(parts) };
}

/** Some whole days, or some buckets of one day. */
interface Part {
  days: Day[];
  buckets?: number[];
}

async function differingParts(context: ReconciliationContext, tree: DigestTree): Promise<Part[]> {
  const { from, to } = digestDays(context.today);
  const answer = await ask(context, { ask: 'days' }, daysSchema);
  const theirs = new Map((answer?.days ?? []).map(([day, hash, origins]) => [day, { hash, origins }]));
  const mine = tree.days(from, to);
  const days = [...new Set([...theirs.keys(), ...mine.keys()])]
    .filter((day) => from <= day && day <= to)
    .filter((day) => context.isThorough || theirs.get(day)?.hash !== mine.get(day)?.hash)
    .sort();
  const parts: Part[] = [];
  let small: Part = { days: [] };
  let entries = 0;
  for (const day of days) {
    const origins = Math.max(theirs.get(day)?.origins ?? 0, mine.get(day)?.origins ?? 0);
    if (origins > ENTRIES_PER_ASK) {
      parts.push(...(await differingBuckets(context, tree, day, origins)));
      continue;
    }
    if (entries + origins > ENTRIES_PER_ASK) {
      parts.push(small);
      small = { days: [] };
      entries = 0;
    }
    small.days.push(day);
    entries += origins;
  }
  return small.days.length > 0 ? [...parts, small] : parts;
}

async function differingBuckets(
  context: ReconciliationContext,
  tree: DigestTree,
  day: Day,
  origins: number,
): Promise<Part[]> {
  const answer = await ask(context, { ask: 'buckets', day }, bucketsSchema);
  const theirs = new Map(answer?.buckets ?? []);
  const mine = tree.buckets(day);
  const differing = [...new Set([...theirs.keys(), ...mine.keys()])]
    .filter((bucket) => theirs.get(bucket) !== mine.get(bucket))
    .sort((a, b) => a - b);
  const perAsk = Math.max(1, Math.floor((ENTRIES_PER_ASK * 256) / origins));
  return chunksOf(differing, perAsk).map((buckets) => ({ days: [day], buckets }));
}

/** A peer that lists more than anyone could have reported is not listened to for longer. */
async function entriesOf(context: ReconciliationContext, part: Part): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  const listed = new Map<string, number>();
  let after: [Day, string] | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const asked = { ask: 'entries' as const, ...part, ...(after && { after }) };
    const answer = await ask(context, asked, entriesSchema);
    for (const [day, origin, seq, reportId] of answer?.entries ?? []) {
      const isAsked = part.days.includes(day) && (part.buckets?.includes(bucketOf(origin)) ?? true);
      const slot = `${day} ${origin}`;
      const before = listed.get(slot) ?? 0;
      if (!isAsked || before >= ENTRIES_PER_SLOT_MAX) continue;
      listed.set(slot, before + 1);
      entries.push({ origin, day, seq, reportId });
    }
    const last = answer?.entries.at(-1);
    if (!answer?.rest || !last) break;
    after = [last[0], last[1]];
  }
  return entries;
}

const PAGES_MAX = 64;

async function settle(
  context: ReconciliationContext,
  mine: readonly LedgerEntry[],
  theirs: readonly LedgerEntry[],
  done: Reconciled,
  report: () => void,
): Promise<void> {
  const newer = context.missing(mine, theirs);
  const wanted = newer.filter(({ origin }) => context.takes(origin));
  done.unwanted.push(...newer.filter(({ origin }) => !context.takes(origin)));
  await pull(context, wanted, (pulled) => {
    done.pulled += pulled;
    report();
  });
  const offered = offeredOf(missingFrom(theirs, mine), context);
  for (const some of chunksOf(offered, OFFERED_AT_ONCE)) await context.give(await reportsOf(context, some));
}

function offeredOf(lacking: readonly LedgerEntry[], { offer }: ReconciliationContext): LedgerEntry[] {
  const offers = new Map<string, Offer>();
  return lacking.filter(({ origin }) => {
    const offered = offers.get(origin) ?? offer(origin);
    offers.set(origin, offered === 'one' ? 'none' : offered);
    return offered !== 'none';
  });
}

/**
 * What the other side has and this one lacks: reports with a higher seq than the newest here, and another report
 * under the seq of the newest, which proves that its origin told two stories. Oldest first, so that a held report
 * is judged after the counted one beside it.
 */
export function missingFrom(here: readonly LedgerEntry[], there: readonly LedgerEntry[]): LedgerEntry[] {
  const newest = new Map<string, LedgerEntry>();
  for (const entry of here) {
    const key = `${entry.day} ${entry.origin}`;
    const known = newest.get(key);
    if (!known || known.seq < entry.seq) newest.set(key, entry);
  }
  const isMissing = (entry: LedgerEntry) => {
    const known = newest.get(`${entry.day} ${entry.origin}`);
    return !known || entry.seq > known.seq || (entry.seq === known.seq && entry.reportId !== known.reportId);
  };
  return there.filter(isMissing).sort((a, b) => (a.day === b.day ? a.seq - b.seq : a.day < b.day ? -1 : 1));
}

/** All that the other side has and this one has not, older or newer. */
export function unknownFrom(here: readonly LedgerEntry[], there: readonly LedgerEntry[]): LedgerEntry[] {
  const known = new Set(here.map(({ reportId }) => reportId));
  return there.filter(({ reportId }) => !known.has(reportId));
}

/** Answers bring what fits into them: what one is not about is asked for with the next call. */
async function pull(
  context: ReconciliationContext,
  wanted: readonly LedgerEntry[],
  came: (reports: number) => void,
): Promise<void> {
  let left = wanted;
  while (left.length > 0) {
    const asked = left.slice(0, REPORTS_PER_PULL_MAX);
    const { reports, sketches, answered } = await context.calls.pull(context.url, asked);
    const outcomes = reports.length > 0 ? await received(context, asked, { reports, sketches }) : [];
    came(outcomes.filter(({ outcome }) => outcome === 'accepted' || outcome === 'held').length);
    left = left.slice(Math.max(1, answered));
  }
}

/** Where a key is unknown here, the peer is asked for its owner's card, and what was refused is taken then. */
async function received(
  context: ReconciliationContext,
  asked: readonly LedgerEntry[],
  push: Push,
): Promise<PushOutcome[]> {
  const outcomes = await context.receive(push);
  const isRefused = (one: PushOutcome) => one.outcome === 'refused' && one.reason === 'unknown-key';
  const reports = push.reports.filter((_, index) => isRefused(outcomes[index]!));
  // Of ourselves nobody knows a newer card.
  if (reports.length === 0 || context.origin !== null) return outcomes;
  const ids = new Set(reports.map(envelopeId));
  const refused = asked.filter(({ reportId }) => ids.has(reportId));
  const onePerOrigin = [...new Map(refused.map((entry) => [entry.origin, entry])).values()];
  if (onePerOrigin.length === 0) return outcomes;
  const some = onePerOrigin.slice(0, CARDS_PER_CALL_MAX);
  const { cards = [] } = await context.calls.pull(context.url, some, { cards: true });
  if (cards.length === 0) return outcomes;
  return [...outcomes, ...(await context.receive({ ...push, reports, cards }))];
}

async function reportsOf(
  context: ReconciliationContext,
  entries: readonly LedgerEntry[],
): Promise<LedgerReport[]> {
  const reports: LedgerReport[] = [];
  for (const { origin, day, reportId } of entries) {
    const slot = await context.view.slot(origin, day);
    const report = [slot?.accepted, slot?.counted].find((standing) => standing?.reportId === reportId);
    if (report) reports.push(report);
  }
  return reports;
}

function ask<T>(
  { calls, url, origin }: ReconciliationContext,
  asked: DigestAsk,
  schema: Parameters<typeof calls.digest<T>>[2],
): Promise<T | null> {
  return calls.digest(url, origin === null ? asked : { ...asked, origin }, schema);
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
