import { compareToNewest } from '../../src/protocol/acceptance.js';
import { Refusal } from '../../src/protocol/refusal.js';
import { type SlotEntry, settle } from '../../src/storage/ledger-slots.js';
import type { Model } from './state-space.js';

/**
 * The rules about reports as a model that is small enough to be searched whole: one day, an honest origin `a` that may
 * lose its store and be restored from an old backup, an honest node `b`, and a liar `c` that signs anything and tells
 * everyone something else. The network may deliver whatever was ever signed, to anyone, at any time, any number of
 * times, or never. Comparing and settling is the code that runs; what stands around it is written out here.
 *
 * A tick is longer than it takes to restore a node, and a node issues once a tick at most: so it is in the protocol,
 * where seq counts milliseconds and reports of a day are 60 s apart.
 */
export interface State {
  now: number;
  a: Copy;
  /** Another node with the key and the store of `a`, if somebody started one. */
  twin: Copy | null;
  backup: Stored | null;
  restores: number;
  /** All that was ever signed with the key of `a`. */
  signed: Report[];
  /** What `a` knows of `c`, and `b` of both. */
  aOfC: Book;
  bOfA: Book;
  bOfC: Book;
}

interface Report {
  seq: number;
  /** The seq and, for `a`, the people it counted, a bit each; for `c`, PLAUSIBLE or MADE_UP. */
  reportId: string;
}

interface Stored {
  people: number;
  standing: SlotEntry[];
}

interface Copy extends Stored {
  startedAt: number;
  known: string[];
  isAlarmed: boolean;
  /** Its last report since there were two copies. */
  issued: string | null;
}

/** What a node holds of one origin. */
interface Book {
  standing: SlotEntry[];
  status: 'active' | 'quarantined' | 'removed';
  hasProof: boolean;
  /** A person let it in again after the proof. */
  isForgiven: boolean;
  released: number[];
}

const PLAUSIBLE = 'plausible';
const MADE_UP = 'made up';

/** How far the search goes. */
export interface Bounds {
  ticks: number;
  people: number;
  restores: number;
  /** The highest seq of the liar; 0 without one. */
  liarSeqs: number;
  hasTwin: boolean;
}

/** What a mutation may break. */
export interface Rules {
  compare: typeof compareToNewest;
  settle: (standing: readonly SlotEntry[], arriving: SlotEntry) => SlotEntry[];
  seqAfter(previous: number, now: number): number;
  isHeld(book: Book, report: Report, isLiar: boolean): boolean;
  takesBack: boolean;
  isOfClone(copy: Copy, entry: SlotEntry): boolean;
  heedsStatus: boolean;
  quarantines: boolean;
  spreadsProofs: boolean;
  relays: boolean;
}

export const rules: Rules = {
  compare: compareToNewest,
  settle,
  seqAfter: (previous, now) => Math.max(previous + 1, now),
  isHeld: (book, { reportId }, isLiar) =>
    isLiar ? reportId.endsWith(MADE_UP) : (peopleCounted(book) & ~peopleIn(reportId)) !== 0,
  takesBack: true,
  isOfClone: ({ known, startedAt }, { reportId, seq }) => !known.includes(reportId) && seq > startedAt,
  heedsStatus: true,
  quarantines: true,
  spreadsProofs: true,
  relays: true,
};

export function acceptanceModel(bounds: Bounds, rules: Rules): Model<State> {
  return {
    initial,
    steps: (state) => stepsOf(state, bounds, rules),
    wrongState: (state) => wrongState(state, rules),
    wrongStep: stepBack,
  };
}

const unheard: Book = { standing: [], status: 'active', hasProof: false, isForgiven: false, released: [] };
const initial: State = {
  now: 1,
  a: { people: 0, standing: [], startedAt: 0, known: [], isAlarmed: false, issued: null },
  twin: null,
  backup: null,
  restores: 0,
  signed: [],
  aOfC: unheard,
  bOfA: unheard,
  bOfC: unheard,
};

function* stepsOf(state: State, bounds: Bounds, rules: Rules): Iterable<[string, State]> {
  const { now, a, twin, backup, restores } = state;
  if (now < bounds.ticks) yield ['a tick', { ...state, now: now + 1 }];
  yield* stepsOfCopy('a', a, state, bounds, rules);
  if (twin) yield* stepsOfCopy('twin', twin, state, bounds, rules);
  if (!backup) yield ['a backup of a', { ...state, backup: storedOf(a) }];
  if (restores < bounds.restores && now < bounds.ticks)
    yield ['a is restored', { ...restored(state), restores: restores + 1 }];
  if (bounds.hasTwin && !twin && now < bounds.ticks) yield ['a copy of a starts', copied(state)];
  for (const report of state.signed) {
    const bOfA = received(state.bOfA, report, false, rules);
    if (bOfA !== state.bOfA) yield [`${report.reportId} of a reaches b`, { ...state, bOfA }];
  }
  yield* stepsOfLiar(state, bounds, rules);
}

function* stepsOfCopy(
  name: 'a' | 'twin',
  copy: Copy,
  state: State,
  bounds: Bounds,
  rules: Rules,
): Iterable<[string, State]> {
  const visitor = (copy.people + 1) & ~copy.people;
  const isRoom = visitor < 2 ** bounds.people;
  if (isRoom) yield [`a visit to ${name}`, { ...state, [name]: { ...copy, people: copy.people | visitor } }];
  if (mayIssue(copy, state.now)) yield [`${name} issues`, issued(name, copy, state, rules)];
  const after = takenBack(copy, state.bOfA, rules);
  if (after !== copy) yield [`${name} takes back`, { ...state, [name]: after }];
}

function* stepsOfLiar(state: State, { liarSeqs }: Bounds, rules: Rules): Iterable<[string, State]> {
  for (let seq = 1; seq <= liarSeqs; seq++)
    for (const reportId of [`${seq}/${PLAUSIBLE}`, `${seq}/${MADE_UP}`])
      for (const name of ['aOfC', 'bOfC'] as const) {
        const book = received(state[name], { seq, reportId }, true, rules);
        if (book !== state[name]) yield [`${name} gets ${reportId}`, { ...state, [name]: book }];
      }
  if (liarSeqs === 0) return;
  yield* proofSteps(state, rules);
  yield* personSteps(state);
}

function* proofSteps(state: State, rules: Rules): Iterable<[string, State]> {
  const { aOfC, bOfC } = state;
  if (!rules.spreadsProofs || aOfC.hasProof === bOfC.hasProof) return;
  if (aOfC.hasProof) yield ['b learns of the proof', { ...state, bOfC: quarantined(bOfC, rules) }];
  else yield ['a learns of the proof', { ...state, aOfC: quarantined(aOfC, rules) }];
}

/** What a person at b decides about c. */
function* personSteps(state: State): Iterable<[string, State]> {
  const { bOfC } = state;
  const accepted = newestOf(bOfC.standing);
  if (bOfC.status !== 'removed') yield ['c is removed', { ...state, bOfC: { ...bOfC, status: 'removed' } }];
  else yield ['c is approved', { ...state, bOfC: { ...bOfC, status: 'active', isForgiven: bOfC.hasProof } }];
  if (!accepted || accepted.isCounted) return;
  const standing = settle(bOfC.standing, { ...accepted, isCounted: true });
  const released = [...bOfC.released, accepted.seq].sort();
  yield ['a report of c is released', { ...state, bOfC: { ...bOfC, standing, released } }];
}

function received(book: Book, report: Report, isLiar: boolean, rules: Rules): Book {
  if (rules.heedsStatus && book.status !== 'active') return book;
  try {
    if (rules.compare(report, newestOf(book.standing)) === 'same') return book;
    const isCounted = !rules.isHeld(book, report, isLiar);
    return { ...book, standing: ordered(rules.settle(book.standing, { ...report, isCounted })) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.reason === 'equivocation' ? quarantined(book, rules) : book;
  }
}

function quarantined(book: Book, rules: Rules): Book {
  if (book.hasProof) return book;
  const status = book.status === 'active' && rules.quarantines ? 'quarantined' : book.status;
  return { ...book, hasProof: true, status };
}

function mayIssue({ isAlarmed, people, standing }: Copy, now: number): boolean {
  const newest = newestOf(standing);
  if (isAlarmed || people === 0 || (newest && newest.seq >= now)) return false;
  return !newest || peopleIn(newest.reportId) !== people;
}

function issued(name: 'a' | 'twin', copy: Copy, state: State, rules: Rules): State {
  const seq = rules.seqAfter(newestOf(copy.standing)?.seq ?? 0, state.now);
  const report = { seq, reportId: `${seq}/${copy.people}` };
  const standing = settle(copy.standing, { ...report, isCounted: true });
  const known = [...new Set([...copy.known, report.reportId])].sort();
  const signed = state.signed.some((one) => isSame(one, report))
    ? state.signed
    : [...state.signed, report].sort(bySeq);
  return { ...state, signed, [name]: { ...copy, standing, known, issued: report.reportId } };
}

function takenBack(copy: Copy, { standing }: Book, rules: Rules): Copy {
  if (!rules.takesBack) return copy;
  let after = copy;
  for (const entry of standing) {
    if (after.known.includes(entry.reportId)) continue;
    if (rules.isOfClone(after, entry)) return after.isAlarmed ? after : { ...after, isAlarmed: true };
    after = {
      ...after,
      people: after.people | peopleIn(entry.reportId),
      standing: ordered(settle(after.standing, { ...entry, isCounted: true })),
      known: [...after.known, entry.reportId].sort(),
    };
  }
  return after;
}

function restored(state: State): State {
  const now = state.now + 1;
  return { ...state, now, a: started(state.backup ?? storedOf(initial.a), now) };
}

function copied(state: State): State {
  const now = state.now + 1;
  return { ...state, now, a: { ...state.a, issued: null }, twin: started(storedOf(state.a), now) };
}

function started({ people, standing }: Stored, startedAt: number): Copy {
  const known = standing.map(({ reportId }) => reportId).sort();
  return { people, standing, startedAt, known, isAlarmed: false, issued: null };
}

function storedOf({ people, standing }: Copy): Stored {
  return { people, standing };
}

function wrongState(state: State, rules: Rules): string | null {
  return forgery(state) ?? secondThought(state) ?? madeUpCounts(state.bOfC) ?? notHealed(state, rules);
}

/** No report stands under the name of a that it did not sign. */
function forgery({ bOfA, signed }: State): string | null {
  const isSigned = (entry: SlotEntry) => signed.some((one) => isSame(one, entry));
  return bOfA.standing.every(isSigned) ? null : 'b holds a report of a that a did not sign';
}

/** An honest node gives no number to two reports, finds no copy where there is none, and nobody has a proof against it. */
function secondThought({ a, twin, signed, bOfA }: State): string | null {
  if (twin) return null;
  if (a.isAlarmed) return 'a takes itself for a copy';
  const seqs = new Set(signed.map(({ seq }) => seq));
  if (seqs.size < signed.length) return 'a gave one number to two reports';
  return bOfA.hasProof ? 'a is in quarantine without having lied' : null;
}

/** What a rule holds counts only where a person released it. */
function madeUpCounts({ standing, released }: Book): string | null {
  const counts = standing.some(
    ({ isCounted, reportId, seq }) => isCounted && reportId.endsWith(MADE_UP) && !released.includes(seq),
  );
  return counts ? 'a held report counts' : null;
}

/** What was accepted is never replaced by something older, and of a node in quarantine nothing is taken. */
function stepBack(before: State, after: State): string | null {
  for (const name of ['aOfC', 'bOfC', 'bOfA'] as const) {
    const { standing, status } = before[name];
    const [was, is] = [newestOf(standing)?.seq ?? 0, newestOf(after[name].standing)?.seq ?? 0];
    if (is < was) return `${name} went back from ${was} to ${is}`;
    if (is > was && status !== 'active') return `${name} took a report of who is ${status}`;
  }
  return (peopleCounted(before.bOfA) & ~peopleCounted(after.bOfA)) !== 0 && after.bOfA.status === 'active'
    ? 'people who had been counted are gone'
    : null;
}

/** Whatever has happened: once the honest nodes reach each other they agree, and nobody who was counted is lost. */
function notHealed(state: State, rules: Rules): string | null {
  const { a, twin, aOfC, bOfA, bOfC } = healed(state, rules);
  const isFound = a.isAlarmed || twin?.isAlarmed || bOfA.hasProof;
  if (twin?.issued && a.issued && a.issued !== twin.issued && !isFound)
    return 'two copies report, and nobody finds out';
  if (!isFound && !twin && a.people !== peopleCounted(bOfA)) return 'b does not count whom a counted';
  if (aOfC.hasProof !== bOfC.hasProof) return 'only one of two has a proof';
  const areTaken = aOfC.status === 'active' && bOfC.status === 'active' && !bOfC.isForgiven;
  return areTaken && !isSame(newestOf(aOfC.standing), newestOf(bOfC.standing))
    ? 'a and b hold different reports of c'
    : null;
}

/** What a few rounds bring about. */
function healed(state: State, rules: Rules): State {
  let now = state;
  for (let round = 0; round < 4; round++) {
    for (const name of now.twin ? (['a', 'twin'] as const) : (['a'] as const))
      now = roundOf(name, now, rules);
    if (rules.relays) {
      const [toB, toA] = [now.aOfC.standing, now.bOfC.standing];
      now = { ...now, bOfC: toB.reduce((book, one) => received(book, one, true, rules), now.bOfC) };
      now = { ...now, aOfC: toA.reduce((book, one) => received(book, one, true, rules), now.aOfC) };
    }
    for (const [, next] of proofSteps(now, rules)) now = next;
  }
  return now;
}

/** Takes back, issues, and gives it to b, which answers what it replaced. */
function roundOf(name: 'a' | 'twin', before: State, rules: Rules): State {
  let state = { ...before, now: before.now + 1 };
  state = { ...state, [name]: takenBack(state[name]!, state.bOfA, rules) };
  if (mayIssue(state[name]!, state.now)) state = issued(name, state[name]!, state, rules);
  const newest = newestOf(state[name]!.standing);
  if (!newest) return state;
  const replaced = newestOf(state.bOfA.standing);
  const bOfA = received(state.bOfA, newest, false, rules);
  const isOfClone = bOfA !== state.bOfA && replaced && rules.isOfClone(state[name]!, replaced);
  return { ...state, bOfA, [name]: isOfClone ? { ...state[name]!, isAlarmed: true } : state[name]! };
}

function peopleCounted({ standing }: Book): number {
  const counted = newestOf(standing.filter(({ isCounted }) => isCounted));
  return counted ? peopleIn(counted.reportId) : 0;
}

function peopleIn(reportId: string): number {
  return Number(reportId.slice(reportId.indexOf('/') + 1));
}

function newestOf(standing: readonly SlotEntry[]): SlotEntry | null {
  return standing.reduce<SlotEntry | null>((best, one) => (best && best.seq > one.seq ? best : one), null);
}

function isSame(one: Report | null, other: Report | null): boolean {
  return one?.seq === other?.seq && one?.reportId === other?.reportId;
}

function ordered(standing: SlotEntry[]): SlotEntry[] {
  return standing.sort((a, b) => a.seq - b.seq);
}

function bySeq(a: Report, b: Report): number {
  return a.seq - b.seq || (a.reportId < b.reportId ? -1 : 1);
}
