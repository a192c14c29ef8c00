import type { Clock } from '../../../clock/clock.js';
import { dayOf } from '../../../clock/day.js';
import type { SettingsStore } from '../../../storage/settings-store.js';
import type { TotalBoard } from '../total-board.js';
import type { Alert, AlertThresholds } from './alert.js';
import type { AlertBoard } from './alert-board.js';
import { marginalRises, marginalShares, type ShareHistory, withDay } from './marginal-rise.js';
import type { NearCopySearch } from './near-copy-search.js';

export interface AlertWatchOptions {
  alerts: AlertBoard;
  totals: Pick<TotalBoard, 'latest' | 'instances' | 'question'>;
  /** This node computes totals from a ledger of its own. */
  publishes: boolean;
  /** What the node knows without looking for it. */
  troubles(): Alert[];
  copies: NearCopySearch;
  settings: SettingsStore;
  clock: Clock;
  thresholds: AlertThresholds;
}

const HISTORY = 'marginal-shares';

/** Looks for what a person should be told of. */
export class AlertWatch {
  private nearCopies: readonly Alert[] = [];
  private looking: Promise<void> | null = null;

  private constructor(
    private readonly options: AlertWatchOptions,
    private history: ShareHistory,
  ) {}

  static async open(options: AlertWatchOptions): Promise<AlertWatch> {
    const kept = (await options.settings.get(HISTORY)) as ShareHistory | null;
    return new AlertWatch(options, kept ?? {});
  }

  /** Brings the board up to date. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = null;
    });
    return this.looking;
  }

  /** Takes up to a minute of another thread in a large federation. */
  async searchCopies(): Promise<void> {
    const { totals, copies, thresholds, publishes } = this.options;
    const question = publishes ? totals.question() : null;
    if (!question) return;
    this.nearCopies = await copies.search(question, thresholds);
    await this.look();
  }

  private async lookOnce(): Promise<void> {
    const { alerts, publishes, troubles } = this.options;
    const rises = publishes ? await this.rises() : [];
    await alerts.replace([...rises, ...this.nearCopies, ...troubles()]);
  }

  private async rises(): Promise<Alert[]> {
    const { totals, settings, clock, thresholds } = this.options;
    const newest = totals.latest();
    const today = dayOf(clock.nowMs());
    if (!newest || newest.total.day !== today) return [];
    const isNewDay = this.history[today] === undefined;
    this.history = withDay(this.history, today, marginalShares(totals.instances(), newest.total));
    // Once a day: of a large federation it is two megabytes.
    if (isNewDay) await settings.put(HISTORY, this.history);
    return marginalRises(this.history, today, thresholds.marginalRise);
  }
}
