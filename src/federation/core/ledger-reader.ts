import type { Day } from '../../clock/day.js';
import { packSketch } from '../../protocol/sketch-transfer.js';
import type { Ledger, LedgerEntry, LedgerReport } from '../../storage/ledger.js';
import { digestDays, type LedgerView } from './ledger-view.js';
import {
  CARDS_PER_CALL_MAX,
  type DigestAsk,
  ENTRIES_PER_PAGE_MAX,
  PULL_ANSWER_BYTES_MAX,
  type PullAnswer,
  type PullAsk,
} from './messages.js';

type EntriesAsk = Extract<DigestAsk, { ask: 'entries' }>;

/** What a digest call answers: hashes, or a page of entries. */
export async function answerDigest(view: LedgerView, ask: DigestAsk, today: Day): Promise<object> {
  const { from, to } = digestDays(today);
  if (ask.ask === 'entries') return entriesPage(view, ask);
  const tree = await view.tree();
  if (ask.ask === 'root') return { root: tree.root(from, to) };
  if (ask.ask === 'days') {
    return { days: [...tree.days(from, to)].map(([day, { hash, origins }]) => [day, hash, origins]) };
  }
  return { buckets: [...tree.buckets(ask.day)] };
}

async function entriesPage(view: LedgerView, ask: EntriesAsk): Promise<object> {
  const page: LedgerEntry[] = [];
  let rest = false;
  for await (const entry of entriesAfter(view, ask)) {
    const last = page.at(-1);
    // The two reports of one (origin, day) come on one page, since the next one begins after them.
    const isSecond = last?.day === entry.day && last.origin === entry.origin;
    rest = page.length >= ENTRIES_PER_PAGE_MAX && !isSecond;
    if (rest) break;
    page.push(entry);
  }
  return { entries: page.map(({ origin, day, seq, reportId }) => [day, origin, seq, reportId]), rest };
}

async function* entriesAfter(
  view: LedgerView,
  { days, buckets, after: [afterDay, afterOrigin] = ['', ''] }: EntriesAsk,
): AsyncGenerator<LedgerEntry> {
  for (const day of days) {
    if (day < afterDay) continue;
    for (const entry of await view.entries(day, buckets))
      if (day > afterDay || entry.origin > afterOrigin) yield entry;
  }
}

/**
 * The reports that are asked for and still stand, with their sketches, until the answer has a mebibyte; where that is
 * asked for, with the cards of their origins.
 */
export async function answerPull(
  view: LedgerView,
  ledger: Ledger,
  ask: PullAsk,
  cardOf: (origin: string) => string | null = () => null,
): Promise<PullAnswer> {
  const answer: PullAnswer = { reports: [], sketches: {}, answered: 0 };
  const cards = new Set<string>();
  let bytes = 0;
  for (const [origin, day, reportId] of ask.reports) {
    if (bytes >= PULL_ANSWER_BYTES_MAX) break;
    answer.answered += 1;
    const report = await standing(view, { origin, day, reportId });
    if (!report) continue;
    const sketches = await packedSketches(ledger, report);
    bytes += report.envelope.length + Object.values(sketches).reduce((sum, text) => sum + text.length, 0);
    answer.reports.push(report.envelope);
    Object.assign(answer.sketches, sketches);
    const card = ask.cards ? cardOf(origin) : null;
    if (card === null || cards.has(card) || cards.size === CARDS_PER_CALL_MAX) continue;
    cards.add(card);
    bytes += card.length;
  }
  return ask.cards ? { ...answer, cards: [...cards] } : answer;
}

async function standing(
  view: LedgerView,
  { origin, day, reportId }: Omit<LedgerEntry, 'seq'>,
): Promise<LedgerReport | null> {
  const slot = await view.slot(origin, day);
  return [slot?.accepted, slot?.counted].find((report) => report?.reportId === reportId) ?? null;
}

/** The sketches that a report names, as they travel: packed, in base64, by digest. */
export async function packedSketches(
  ledger: Pick<Ledger, 'sketch'>,
  { report }: LedgerReport,
): Promise<Record<string, string>> {
  const packed: Record<string, string> = {};
  for (const digest of Object.values(report.sketches)) {
    const bytes = await ledger.sketch(digest);
    if (bytes) packed[digest] = Buffer.from(packSketch(bytes)).toString('base64');
  }
  return packed;
}
