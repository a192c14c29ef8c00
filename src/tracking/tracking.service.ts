import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { CLOCK, CONFIG, COUNT_STORE, VISITOR_IDS } from '../http/tokens.js';
import type { CountStore, Visit } from '../storage/count-store.js';
import type { DropReason, Outcome } from './drop-reason.js';
import { KeylessDays } from './keyless-days.js';
import { LiveVisitors } from './live-visitors.js';
import type { VisitorIds } from './visitor-ids.js';
import { type FilterConfig, type HitFacts, Visits } from './visits.js';

export interface BatchOutcome {
  counted: number;
  /** By reason; only those that occurred. */
  dropped: Record<string, number>;
  /** The batch was counted before, under the same idempotency key; nothing was counted now. */
  repeated: boolean;
}

/** The one path of every hit: filters, visitor ids, store. Answers when the visit is durable. */
@Injectable()
export class TrackingService {
  private readonly visits: Visits;
  private readonly keylessDays: KeylessDays;

  constructor(
    @Inject(CONFIG) config: FilterConfig,
    @Inject(VISITOR_IDS) ids: VisitorIds,
    @Inject(COUNT_STORE) private readonly store: CountStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly live: LiveVisitors,
  ) {
    this.visits = new Visits(ids, config);
    this.keylessDays = new KeylessDays(ids, store);
  }

  /** Rejects with StoreUnavailableError, and then nothing was counted. `countPrograms`: not to filter bots. */
  async count(facts: HitFacts, countPrograms = false): Promise<Outcome> {
    const visit = this.judge(facts, this.clock.nowMs(), countPrograms);
    if (typeof visit === 'string') {
      this.drop(visit, facts.atMs);
      return visit;
    }
    await this.store.record(visit);
    this.live.saw(visit, facts.atMs);
    return 'counted';
  }

  /** All or nothing. Rejects with StoreUnavailableError. */
  async countBatch(hits: readonly HitFacts[], idempotencyKey?: string): Promise<BatchOutcome> {
    const nowMs = this.clock.nowMs();
    const visits: Visit[] = [];
    const timesMs: number[] = [];
    const dropped: { reason: DropReason; atMs: number }[] = [];
    for (const facts of hits) {
      const visit = this.judge(facts, nowMs, false);
      if (typeof visit === 'string') dropped.push({ reason: visit, atMs: facts.atMs });
      else {
        visits.push(visit);
        timesMs.push(facts.atMs);
      }
    }
    const answer = await this.store.recordBatch(visits, idempotencyKey);
    // Also for a repeated batch: the first time may have ended between the two.
    await this.keylessDays.note(visits);
    if (answer === 'recorded') {
      for (const { reason, atMs } of dropped) this.drop(reason, atMs);
      for (const [index, visit] of visits.entries()) this.live.saw(visit, timesMs[index]!);
    }
    return { counted: visits.length, dropped: tally(dropped), repeated: answer === 'repeated' };
  }

  /** Notes a hit that is not counted. A hit of no day of ours is noted today. */
  drop(reason: DropReason, atMs: number): void {
    const nowMs = this.clock.nowMs();
    const ours = reason !== 'too-old' && reason !== 'in-future';
    this.store.recordDropped(this.visits.dayOf(ours ? atMs : nowMs, nowMs), reason, 1);
  }

  private judge(facts: HitFacts, nowMs: number, countPrograms: boolean): Visit | DropReason {
    return this.visits.refusal(facts, countPrograms) ?? this.visits.visitOf(facts, nowMs);
  }
}

function tally(dropped: readonly { reason: DropReason }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of dropped) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
