import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { addDays, type Day, dayOf, daysFromTo, isoSeconds } from '../clock/day.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, RECORDS } from '../http/tokens.js';
import { firstBroken } from '../storage/audit-chain.js';
import type { LedgerSlot } from '../storage/ledger.js';
import type { Records } from '../storage/records.js';
import type { AuditPage, OriginsPage, OverlapMatrix, ReleasedView } from './admin-views.js';
import type { Decider } from './core/decisions.js';
import { FederationNode } from './core/federation-node.js';
import { digestDays } from './core/ledger-view.js';
import type { InstanceRow } from './core/total-figures.js';
import { demandKnown } from './known-origin.js';
import {
  type HeldReport,
  heldReport,
  isHeld,
  type OriginView,
  peerPart,
  privacyOf,
  type RulingView,
  rulingView,
} from './origin-view.js';

const TREND_DAYS = 14;
/** 120 pairs, at one to two milliseconds each. */
const MATRIX_MAX = 16;

/** What an administrator sees of each origin, and decides about its figures. */
@Injectable()
export class JudgementAdmin {
  constructor(
    private readonly node: FederationNode,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RECORDS) private readonly records: Records,
  ) {}

  /** The origins by their share, largest first; those in no total last. */
  async origins({ from, limit }: { from: number; limit: number }): Promise<OriginsPage> {
    const rows = new Map(this.node.board.instances().map((row) => [row.node, row]));
    const known = new Set([...rows.keys(), ...this.node.membership.peers().filter(isOrigin).map(idOf)]);
    const size = (id: string) => rows.get(id)?.windows['30d'].estimate ?? -1;
    const ids = [...known].sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1));
    const origins = [];
    for (const id of ids.slice(from, from + limit)) origins.push(await this.origin(id, rows.get(id) ?? null));
    return { origins, count: ids.length };
  }

  /** Of each two of the largest origins. */
  async overlaps(length: number): Promise<OverlapMatrix> {
    const rows = this.node.publishes ? this.node.board.instances() : [];
    const largest = [...rows]
      .sort((a, b) => b.windows['30d'].estimate - a.windows['30d'].estimate)
      .slice(0, MATRIX_MAX);
    const overlaps = await this.node.overlaps.matrix(
      largest.map(({ node }) => node),
      length,
    );
    const names = largest.map(({ node, name }) => [
      node,
      this.node.membership.peer(node)?.opened.name ?? name,
    ]);
    return { names: Object.fromEntries(names), overlaps: overlaps ?? [] };
  }

  rulings(): RulingView[] {
    return this.node.rulings.all().map(rulingView);
  }

  async rule(
    node: string,
    day: Day | null,
    verdict: 'hold' | 'exclude',
    decider: Decider,
  ): Promise<RulingView> {
    demandKnown(this.node, node);
    return rulingView(await this.node.rule({ origin: node, day, verdict }, decider));
  }

  async lift(node: string, day: Day | null, decider: Decider): Promise<{ lifted: true }> {
    if (await this.node.lift(node, day, decider)) return { lifted: true };
    throw new ProblemError('not-found', `No ruling about ${day ?? 'all days'} of that node.`, {
      field: 'node',
    });
  }

  async release(node: string, day: Day | null, decider: Decider): Promise<ReleasedView> {
    const reports = await this.node.release(node, day, decider);
    if (reports.length === 0)
      throw new ProblemError('not-found', `No report of ${day ?? 'any day'} of that node is held.`, {
        field: day === null ? 'node' : 'day',
      });
    return {
      released: reports.map(({ report }) => ({
        day: report.day,
        uniques: report.uniques,
        hits: report.hits,
      })),
    };
  }

  async audit({ limit, before }: { limit: number; before?: number | undefined }): Promise<AuditPage> {
    const { audit } = this.records;
    const entries = await audit.newest(limit, before);
    return {
      entries: entries.map(({ atMs, ...entry }) => ({ ...entry, at: isoSeconds(atMs) })),
      firstBroken: await firstBroken(audit),
    };
  }

  private async origin(node: string, row: InstanceRow | null): Promise<OriginView> {
    const nowMs = this.clock.nowMs();
    const peer = this.node.membership.peer(node);
    const { from, to } = digestDays(dayOf(nowMs));
    const slots = await this.records.ledger.slotsOf(node, from, to);
    const newest = slots.at(-1)?.accepted.report;
    const exchange = this.node.exchanges.find(({ nodeId }) => nodeId === node);
    return {
      node,
      name: peer?.opened.name ?? row?.name ?? null,
      ...peerPart(peer, nowMs),
      privacy: privacyOf(
        peer,
        slots.slice(-TREND_DAYS).map(({ accepted }) => accepted.report),
      ),
      windows: row?.windows ?? null,
      trend: trendOf(slots, to),
      newestReport: newest
        ? { day: newest.day, issuedAt: newest.issuedAt, fresh: Date.parse(newest.validUntil) >= nowMs }
        : null,
      exchange: exchange
        ? { state: exchange.state, breaker: exchange.breaker, retryAt: exchange.retryAt }
        : null,
      clockOffsetMs: this.node.clockOffsets.get(node) ?? null,
      held: await this.heldOf(slots),
      rulings: this.rulings().filter((ruling) => ruling.node === node),
    };
  }

  private heldOf(slots: readonly LedgerSlot[]): Promise<HeldReport[]> {
    const { ledger } = this.records;
    return Promise.all(
      slots.filter(isHeld).map(async (slot) => {
        const { origin, day, seq } = slot.accepted;
        return heldReport(slot, await ledger.decision(origin, day, seq));
      }),
    );
  }
}

function trendOf(slots: readonly LedgerSlot[], today: Day): OriginView['trend'] {
  const counted = new Map(slots.map((slot) => [slot.accepted.day, slot.counted?.report ?? null]));
  return daysFromTo(addDays(today, 1 - TREND_DAYS), today).map((day) => {
    const report = counted.get(day);
    return { day, uniques: report?.uniques ?? null, hits: report?.hits ?? null };
  });
}

function isOrigin({ role, opened }: { role: string; opened: { counting: boolean } }): boolean {
  return role !== 'hub' || opened.counting;
}

function idOf({ nodeId }: { nodeId: string }): string {
  return nodeId;
}
