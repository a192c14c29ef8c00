import { isoSeconds } from '../clock/day.js';
import type { Report } from '../protocol/report.js';
import type { Decision, LedgerSlot } from '../storage/ledger.js';
import type { Ruling } from '../storage/ruling-store.js';
import type { Breaker, ExchangeState } from './core/exchange.js';
import { type Claim, claimOf } from './core/judgement/claim.js';
import type { KnownPeer } from './core/membership.js';
import type { InstanceRow } from './core/total-figures.js';

export interface HeldReport extends Claim {
  day: string;
  /** The rule that holds it back. */
  rule: string;
  /** What the rule measured, and what it may be; null where an older version decided. */
  measured: number | null;
  threshold: number | null;
  since: string;
  issuedAt: string;
  /** What counts of that day meanwhile; null when nothing does. */
  counted: Claim | null;
}

export interface RulingView {
  node: string;
  /** Null for all of its days. */
  day: string | null;
  verdict: 'hold' | 'exclude';
  by: string;
  why: string;
  at: string;
}

/** What an origin's reports let their readers have: every day's sketch, those of its larger days, counts alone; `blind` counts no site. */
export const PRIVACY_MODES = ['sketches', 'large-days', 'counts', 'blind'] as const;
export type PrivacyMode = (typeof PRIVACY_MODES)[number];

/** An origin as an administrator watches it. */
export interface OriginView {
  node: string;
  name: string | null;
  role: string;
  status: string;
  software: string | null;
  /** By its card and its last 14 reported days; null while it has reported nobody. */
  privacy: PrivacyMode | null;
  /** Of the newest total; null while the origin is in none. */
  windows: InstanceRow['windows'] | null;
  /** What was reported of the last 14 days, oldest first; null where nothing was. */
  trend: { day: string; uniques: number | null; hits: number | null }[];
  newestReport: { day: string; issuedAt: string; fresh: boolean } | null;
  lastSeenAt: string | null;
  lastError: string | null;
  /** How the exchange with it goes, where this node calls it. */
  exchange: { state: ExchangeState; breaker: Breaker; retryAt: string | null } | null;
  /** Its clock less ours, as its last signed request showed it. */
  clockOffsetMs: number | null;
  held: HeldReport[];
  rulings: RulingView[];
}

export function rulingView({ origin, day, verdict, by, why, atMs }: Ruling): RulingView {
  return { node: origin, day, verdict, by, why, at: isoSeconds(atMs) };
}

export function heldReport({ accepted, counted }: LedgerSlot, decision: Decision | null): HeldReport {
  const { day, issuedAt } = accepted.report;
  const meanwhile = counted && claimOf(counted.report);
  const rule = decision?.rule ?? 'unknown';
  const since = isoSeconds(decision?.atMs ?? accepted.receivedAtMs);
  const { measured = null, threshold = null } = decision?.evidence?.finding ?? {};
  const claim = claimOf(accepted.report);
  return { day, rule, measured, threshold, since, issuedAt, ...claim, counted: meanwhile };
}

export function isHeld({ accepted, counted }: LedgerSlot): boolean {
  return accepted.reportId !== counted?.reportId;
}

/** A day below its sketch minimum comes as counts only. One that nobody came to says nothing. */
export function privacyOf(peer: KnownPeer | null, reports: readonly Report[]): PrivacyMode | null {
  if (peer?.opened.counting === false) return 'blind';
  const peopled = reports.filter(({ uniques, withdrawn }) => uniques > 0 && !withdrawn);
  if (peopled.length === 0) return null;
  const withSketch = peopled.filter(({ sketches }) => Object.keys(sketches).length > 0).length;
  if (withSketch === peopled.length) return 'sketches';
  return withSketch > 0 ? 'large-days' : 'counts';
}

/** What a card says of the node; null for this node itself, which is no peer of its own. */
export function peerPart(peer: KnownPeer | null, nowMs: number) {
  const software = peer && `${peer.opened.software.name} ${peer.opened.software.version}`;
  return {
    role: peer?.role ?? 'self',
    status: peer?.status ?? 'active',
    software,
    lastSeenAt: peer?.lastSeenMs ? isoSeconds(Math.min(peer.lastSeenMs, nowMs)) : null,
    lastError: peer?.lastError ?? null,
  };
}
