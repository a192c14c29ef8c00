import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DAY_MS } from '../clock/day.js';
import type { Config } from '../config/config.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, CONFIG, LEGACY_REPORT_STORE } from '../http/tokens.js';
import type { LegacyReport, LegacyReportStore } from '../storage/legacy-report-store.js';

/** More users than there are people is no count. */
const LEGACY_COUNT_MAX = 10_000_000_000;
/** Host names, with dots or with the dashes that the earlier system put for them. */
const INSTANCE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** Anyone may send any instance id, so what waits for an administrator is bounded; and so is what is open. */
const WAITING_MAX = 50;
const INSTANCES_MAX = 1_000;
const KEPT_MS = 30 * DAY_MS;

/** Plain counts of instances of the earlier system. They are never verified and never part of a union. */
@Injectable()
export class LegacyReports {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'legacyReports'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LEGACY_REPORT_STORE) private readonly store: LegacyReportStore,
  ) {}

  /** Throws ProblemError `forbidden` where the operator wants none. */
  demandWanted(): void {
    if (this.config.legacyReports === 'off')
      throw new ProblemError('forbidden', 'This node takes no plain counts');
  }

  /** Keeps the newest count of the instance. Rejects with ProblemError and StoreUnavailableError. */
  async receive(instanceId: string, count: number): Promise<void> {
    // One after the other: the bound holds also when many come at once.
    const kept = this.turn.then(() => this.keep(instanceId, count));
    this.turn = kept.catch(() => undefined);
    await kept;
  }

  /** Ordered by instance id. */
  all(): Promise<LegacyReport[]> {
    return this.store.list();
  }

  /** Whether its count is shown and added to the sum. Throws ProblemError `not-found` for one that sent nothing. */
  async setListed(instanceId: string, listed: boolean): Promise<LegacyReport> {
    const decided = this.turn.then(() => this.decide(instanceId, listed));
    this.turn = decided.catch(() => undefined);
    return decided;
  }

  private async decide(instanceId: string, listed: boolean): Promise<LegacyReport> {
    const known = await this.store.find(instanceId);
    if (!known)
      throw new ProblemError('not-found', 'No instance of that id has sent a count.', { field: 'instance' });
    const decided = { ...known, listed };
    await this.store.put(decided);
    return decided;
  }

  private async keep(instanceId: string, count: number): Promise<void> {
    const known = await this.store.find(instanceId);
    if (known === null) await this.demandRoom();
    const listed = this.config.legacyReports === 'open' || (known?.listed ?? false);
    await this.store.put({ instanceId, count, receivedAtMs: this.clock.nowMs(), listed });
  }

  private async demandRoom(): Promise<void> {
    let reports = await this.store.list();
    if (this.isFull(reports)) {
      await this.store.prune(this.clock.nowMs() - KEPT_MS);
      reports = await this.store.list();
    }
    if (this.isFull(reports)) {
      throw new ProblemError('rate-limited', 'Too many instances wait to be listed', { retryAfterS: 3_600 });
    }
  }

  private isFull(reports: readonly LegacyReport[]): boolean {
    const waiting = reports.filter(({ listed }) => !listed).length;
    return waiting >= WAITING_MAX || reports.length >= INSTANCES_MAX;
  }
}

/**
 * The earlier system's checks in its order and words, made true: it took `-5`, `"abc"` and ids of any form for
 * granted and answered success.
 */
export function readLegacyReport(body: unknown): { count: number; instanceId: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ProblemError('malformed-request', 'Request body is required');
  }
  const { count, instanceId } = body as { count?: unknown; instanceId?: unknown };
  if (!count || !instanceId) throw new ProblemError('invalid-field', 'count and instanceId are required');
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > LEGACY_COUNT_MAX) {
    throw new ProblemError('invalid-field', `count must be a whole number from 1 to ${LEGACY_COUNT_MAX}`);
  }
  if (typeof instanceId !== 'string' || !INSTANCE_ID.test(instanceId)) {
    throw new ProblemError(
      'invalid-field',
      'instanceId must have 1 to 128 letters, digits, dots, dashes or underscores',
    );
  }
  return { count, instanceId };
}
