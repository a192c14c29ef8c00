import type { Clock } from '../../clock/clock.js';
import { dayOf, isoSeconds } from '../../clock/day.js';
import type { NodeCard } from '../../protocol/card.js';
import type { CharterFields } from '../../protocol/charter.js';
import type { NodeKey } from '../../protocol/node-key.js';
import { Refusal, type RefusalReason } from '../../protocol/refusal.js';
import type { RosterMember } from '../../protocol/signed-roster.js';
import type { CharterBook } from './charter-book.js';
import type { Membership } from './membership.js';
import type { ChartersAnswer, RostersAnswer } from './messages.js';
import { type PeerCalls, PeerRefusedError } from './peer-calls.js';
import type { RosterBook } from './roster-book.js';

/** What a federation agrees on when it begins, as its first member knows it. */
export type Terms = Pick<
  CharterFields,
  'federation' | 'name' | 'mode' | 'dayZero' | 'epochDays' | 'identity' | 'format'
>;

export interface StatutesOptions {
  key: NodeKey;
  clock: Clock;
  charters: CharterBook;
  rosters: RosterBook;
  ownCard(): string;
  /** Null while this node is in no federation. */
  terms(): Terms | null;
  /** A hub keeps charter and roster for its members. */
  isHub: boolean;
  /** Who is in, as this hub sees it. */
  members(): RosterMember[];
  countRefusal(reason: RefusalReason): void;
}

export type StatuteAlarm =
  | 'roster-conflict'
  | 'roster-expired'
  | 'roster-too-old'
  | 'charter-differs'
  | 'charter-mismatch';

const FROM_THE_START = '1970-01-01';

/** Whom a person named as stewards of the next charter, and what else it is to say. */
export interface ProposedCharter {
  stewards: readonly string[];
  threshold: number;
  /** As before where nothing is said. */
  sketchMinimum?: number | undefined;
}

/**
 * Charter and roster: a hub signs its own while it is a steward, which it is until stewards are named; members take
 * what stewards have signed, and nothing else.
 */
export class Statutes {
  /** What is wrong with what a hub shows, by what was fetched from where. */
  private readonly alarmed = new Map<string, StatuteAlarm>();
  private readonly tags = new Map<string, string | null>();
  /** Who is in, as a hub that is no steward would like it signed. */
  private wanted: RosterMember[] | null = null;

  constructor(private readonly options: StatutesOptions) {}

  get charters(): CharterBook {
    return this.options.charters;
  }

  get rosters(): RosterBook {
    return this.options.rosters;
  }

  /** Fetches charter and roster from a hub, and brings it a signature of ours that it lacks. */
  async visit(calls: PeerCalls, url: string): Promise<void> {
    const terms = this.options.terms();
    if (!terms) return;
    await this.visitCharters(calls, url, terms);
    await this.visitRosters(calls, url, terms);
  }

  private async visitCharters(calls: PeerCalls, url: string, { federation }: Terms): Promise<void> {
    const place = `charter ${url}`;
    const fetched = await calls.fetchCharters(url, this.tags.get(place) ?? null);
    if (!fetched) return;
    const { charters, proposed } = fetched.answer;
    this.alarmed.delete(place);
    for (const text of proposed ? [...charters, proposed] : charters)
      await this.noting(place, () => this.charters.take(text, federation));
    this.tags.set(place, fetched.tag);
    await this.giveCharter(calls, url, fetched.answer);
  }

  private async visitRosters(calls: PeerCalls, url: string, { federation }: Terms): Promise<void> {
    const place = `roster ${url}`;
    const fetched = await calls.fetchRosters(url, this.tags.get(place) ?? null);
    if (!fetched) return;
    this.alarmed.delete(place);
    for (const text of fetched.answer.rosters)
      await this.noting(place, () => this.rosters.take(text, federation));
    this.wanted = fetched.answer.wanted ?? null;
    this.tags.set(place, fetched.tag);
    await this.giveRoster(calls, url, fetched.answer);
  }

  /** A hub's first charter names itself; after that only stewards sign. */
  async tend(): Promise<void> {
    const terms = this.options.terms();
    const { isHub, key, ownCard, members } = this.options;
    if (!terms || !isHub) return;
    if (!this.charters.charter) await this.charters.sign(this.first(terms), key, ownCard());
    await this.rosters.sign(members(), terms.federation, key, ownCard());
  }

  /** Signs the next charter. Answers its text. Throws Refusal where there is none to follow. */
  async propose({ stewards, threshold, sketchMinimum }: ProposedCharter): Promise<string> {
    const { charter } = this.charters;
    if (!charter) throw new Refusal('no-charter');
    const { key, clock, ownCard } = this.options;
    const fields = {
      ...charter.fields,
      ...(sketchMinimum !== undefined && { sketchMinimum }),
      ...{ stewards: [...stewards], threshold, number: charter.fields.number + 1, previous: charter.id },
      issuedAt: isoSeconds(clock.nowMs()),
    };
    return this.signing(this.charters.sign(fields, key, ownCard()));
  }

  /** Adds our signature to the charter that waits for it. Throws Refusal where none does, or we are no steward. */
  async sign(): Promise<string> {
    const { proposed } = this.charters;
    if (!proposed) throw new Refusal('no-charter');
    return this.signing(this.charters.sign(proposed.fields, this.options.key, this.options.ownCard()));
  }

  /** Signs who is in as the hub sees it, on a steward's own node. Null where no hub asks for that. */
  async signRoster(): Promise<string | null> {
    const terms = this.options.terms();
    if (!terms || !this.wanted) return null;
    const { key, ownCard } = this.options;
    await this.signing(this.rosters.sign(this.wanted, terms.federation, key, ownCard()));
    return this.rosters.roster?.text ?? null;
  }

  /** What was signed here goes to the hub with the next visit, although nothing has changed there. */
  private async signing<T>(signed: Promise<T>): Promise<T> {
    this.tags.clear();
    return signed;
  }

  takeCharter(text: string): Promise<boolean> {
    return this.charters.take(text, this.federation());
  }

  takeRoster(text: string): Promise<boolean> {
    return this.rosters.take(text, this.federation());
  }

  /** A roster under a charter that was replaced is shown to nobody: whoever knows the next one would refuse it. */
  shownRosters(): RostersAnswer {
    const rosters = this.rosters.shownUnder(this.charters.charter);
    const isAsking = this.options.isHub && !this.charters.isSteward(this.options.key.nodeId);
    return isAsking ? { rosters, wanted: this.options.members() } : { rosters };
  }

  /** Nodes on the roster whose visitors are counted; null while no roster applies. */
  countingNodes(): string[] | null {
    const { roster } = this.rosters;
    const counts = ([, , , counting, status]: RosterMember) =>
      counting && (status === 'active' || status === 'probation');
    return roster ? roster.members.filter(counts).map(([node]) => node) : null;
  }

  /** Whether a roster says that the node does not take part: it was removed, suspended or quarantined. */
  isOut(node: string): boolean {
    const entry = this.rosters.roster?.members.find(([one]) => one === node);
    return entry !== undefined && entry[4] !== 'active' && entry[4] !== 'probation';
  }

  /** Throws Refusal `roster-expired` where no steward vouches for the roster any more. */
  refuseJoins(): void {
    if (this.rosters.isExpired) throw new Refusal('roster-expired');
  }

  alarms(): StatuteAlarm[] {
    const alarms = new Set(this.alarmed.values());
    if (this.rosters.isContradicted) alarms.add('roster-conflict');
    if (this.rosters.isExpired) alarms.add('roster-expired');
    const [terms, charter] = [this.options.terms(), this.charters.charter];
    if (terms && charter && !isOfTerms(charter.fields, terms)) alarms.add('charter-differs');
    return [...alarms];
  }

  private federation(): string {
    const terms = this.options.terms();
    if (!terms) throw new Refusal('no-federation');
    return terms.federation;
  }

  private first(terms: Terms): CharterFields {
    const { key, clock } = this.options;
    const stewards = { stewards: [key.nodeId], threshold: 1, number: 1, previous: null };
    return { v: 1, ...terms, sketchMinimum: 0, ...stewards, issuedAt: isoSeconds(clock.nowMs()) };
  }

  private async giveCharter(calls: PeerCalls, url: string, theirs: ChartersAnswer): Promise<void> {
    const { charters, proposed } = this.charters.shown();
    const known = new Set([...theirs.charters, theirs.proposed]);
    const isOurs = this.charters.proposed?.signers.includes(this.options.key.nodeId);
    const lacked = charters.slice(theirs.charters.length).concat(proposed && isOurs ? [proposed] : []);
    for (const text of lacked)
      if (!known.has(text)) await this.noting(`charter ${url}`, () => calls.giveCharter(url, text));
  }

  private async giveRoster(calls: PeerCalls, url: string, theirs: RostersAnswer): Promise<void> {
    const { roster } = this.rosters;
    const isOurs = roster?.signer === this.options.key.nodeId;
    if (roster && isOurs && !theirs.rosters.includes(roster.text))
      await this.noting(`roster ${url}`, () => calls.giveRoster(url, roster.text));
  }

  /** One that is refused does not keep the others out. */
  private async noting(place: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Refusal) this.refused(place, error.reason);
      else if (!(error instanceof PeerRefusedError)) throw error;
    }
  }

  private refused(place: string, reason: RefusalReason): void {
    this.options.countRefusal(reason);
    if (reason === 'roster-too-old' || reason === 'charter-mismatch') this.alarmed.set(place, reason);
  }
}

/** Who is in, as a hub sees it, in the order of their node ids. Whoever waits for a person is not. */
export function rosterMembers(membership: Membership, self: NodeCard): RosterMember[] {
  const members = membership.peers().flatMap(({ nodeId, url, role, statusSinceMs, opened }) => {
    const status = membership.statusOf(nodeId);
    const since = dayOf(statusSinceMs);
    return status === 'pending' ? [] : [[nodeId, url, role, opened.counting, status, since] as RosterMember];
  });
  if (self.counting) members.push([self.node, self.url, 'hub', true, 'active', FROM_THE_START]);
  return members.sort(([a], [b]) => (a < b ? -1 : 1));
}

function isOfTerms(fields: CharterFields, terms: Terms): boolean {
  return (
    fields.dayZero === terms.dayZero &&
    fields.epochDays === terms.epochDays &&
    fields.identity === terms.identity &&
    fields.format === terms.format
  );
}
