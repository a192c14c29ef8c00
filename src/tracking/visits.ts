import { DAY_MS, HOUR_MS } from '../clock/day.js';
import type { Config } from '../config/config.js';
import { AddressSet } from '../http/address-set.js';
import type { VisitorFacts } from '../identity/visitor-scheme.js';
import type { Visit } from '../storage/count-store.js';
import { Agents } from './agents.js';
import { CalendarMemo } from './calendar-memo.js';
import type { DropReason } from './drop-reason.js';
import type { VisitorIds } from './visitor-ids.js';

/** How far back a visit may lie: as long as day sketches are kept. */
export const RETENTION_MS = 400 * DAY_MS;
/** How far ahead of ours a sender's clock may be. */
export const AHEAD_MS = 60_000;
/** How long the live view goes back. */
const LIVE_MS = 48 * HOUR_MS;

/** What is known of one hit, wherever it came in. Nothing of it is kept. */
export interface HitFacts extends VisitorFacts {
  /** DNT or Sec-GPC. */
  doNotTrack: boolean;
  /** Milliseconds since 1970. */
  atMs: number;
}

/** The part of the configuration that decides what counts. */
export type FilterConfig = Pick<Config, 'ignoreAddresses' | 'honourDoNotTrack'>;

/** Turns hits into visits: first the filters, then the visitor key, then the visitor ids. Counts nothing itself. */
export class Visits {
  private readonly ignored: AddressSet;
  private readonly honourDoNotTrack: boolean;
  private readonly agents = new Agents();
  /** Live hits are all of this hour, those of a batch often of one other. */
  private readonly present = new CalendarMemo();
  private readonly past = new CalendarMemo();

  constructor(
    private readonly ids: VisitorIds,
    config: FilterConfig,
  ) {
    this.ignored = new AddressSet(config.ignoreAddresses);
    this.honourDoNotTrack = config.honourDoNotTrack;
  }

  /** Why the hit is not to be counted, whoever it is; null when nothing speaks against it. */
  refusal(facts: HitFacts, countPrograms = false): DropReason | null {
    if (facts.doNotTrack && this.honourDoNotTrack) return 'do-not-track';
    if (facts.address !== null && this.ignored.has(facts.address)) return 'ignored-address';
    if (!countPrograms && this.agents.isBot(facts.userAgent)) return 'bot';
    return null;
  }

  /** The visit to count, or why there is none. For a hit that the filters let pass. */
  visitOf(facts: HitFacts, nowMs: number): Visit | DropReason {
    const { atMs } = facts;
    if (atMs < nowMs - RETENTION_MS) return 'too-old';
    if (atMs > nowMs + AHEAD_MS) return 'in-future';
    const visitor = this.agents.visitorKey(this.ids.scheme, facts);
    if ('missing' in visitor) return visitor.missing;
    const calendar = this.calendarOf(atMs, nowMs);
    const { day } = calendar;
    const hour = atMs > nowMs - LIVE_MS ? calendar.hour : null;
    return { day, hour, sightings: this.ids.sightings(visitor.key, day, hour) };
  }

  /** The day a hit belongs to. */
  dayOf(atMs: number, nowMs: number): string {
    return this.calendarOf(atMs, nowMs).day;
  }

  private calendarOf(atMs: number, nowMs: number): CalendarMemo {
    const calendar = atMs === nowMs ? this.present : this.past;
    calendar.moveTo(atMs);
    return calendar;
  }
}
