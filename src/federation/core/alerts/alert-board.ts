import type { Clock } from '../../../clock/clock.js';
import type { AuditLog } from '../../../storage/audit-log.js';
import type { SettingsStore } from '../../../storage/settings-store.js';
import type { Decider } from '../decisions.js';
import { type Alert, type AlertName, alertId } from './alert.js';

/** An alert as long as its reason lasts. */
export interface StandingAlert extends Alert {
  id: string;
  sinceMs: number;
  /** Somebody has seen it, and why it is left as it is. */
  acknowledged: (Decider & { atMs: number }) | null;
}

export interface AlertBoardOptions {
  settings: SettingsStore;
  audit: AuditLog;
  clock: Clock;
}

const SETTING = 'alerts';
/** More of one name say nothing more: half of a large federation may be stale after a network's failure. */
const EACH_MAX = 200;

/** The alerts that stand, since when, and which of them somebody has seen. */
export class AlertBoard {
  private standing: ReadonlyMap<string, StandingAlert>;
  private found: ReadonlyMap<AlertName, number> = new Map();
  private readonly listeners = new Set<(raised: readonly StandingAlert[]) => void>();

  private constructor(
    private readonly options: AlertBoardOptions,
    kept: readonly StandingAlert[],
  ) {
    this.standing = new Map(kept.map((alert) => [alert.id, alert]));
  }

  static async open(options: AlertBoardOptions): Promise<AlertBoard> {
    const kept = (await options.settings.get(SETTING)) as StandingAlert[] | null;
    return new AlertBoard(options, kept ?? []);
  }

  /** Those nobody has seen first, the newest first; of each name at most 200. */
  all(): StandingAlert[] {
    const isSeen = ({ acknowledged }: StandingAlert) => (acknowledged ? 1 : 0);
    return [...this.standing.values()].sort((a, b) => isSeen(a) - isSeen(b) || b.sinceMs - a.sinceMs);
  }

  /** How many there are in all, by name. */
  counts(): ReadonlyMap<AlertName, number> {
    return this.found;
  }

  /** Is told of alerts that are new. Answers how to stop that. */
  subscribe(listener: (raised: readonly StandingAlert[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What is found now stands; what is not found any more is over, and seen anew should it come back. */
  async replace(alerts: readonly Alert[]): Promise<void> {
    const found = new Map<AlertName, number>();
    const standing = new Map<string, StandingAlert>();
    for (const alert of alerts) {
      const count = (found.get(alert.name) ?? 0) + 1;
      found.set(alert.name, count);
      const id = alertId(alert);
      const before = this.standing.get(id);
      const { sinceMs = this.options.clock.nowMs(), acknowledged = null } = before ?? {};
      if (count <= EACH_MAX) standing.set(id, { ...alert, id, sinceMs, acknowledged });
    }
    const raised = [...standing.values()].filter(({ id }) => !this.standing.has(id));
    const isSame = raised.length === 0 && standing.size === this.standing.size;
    this.found = found;
    this.standing = standing;
    if (isSame) return;
    await this.keep();
    if (raised.length > 0) for (const listener of this.listeners) listener(raised);
  }

  /** Null when no such alert stands. */
  async acknowledge(id: string, { by, why }: Decider): Promise<StandingAlert | null> {
    const alert = this.standing.get(id);
    if (!alert) return null;
    const atMs = this.options.clock.nowMs();
    const subject = { alert: alert.name, node: alert.node, other: alert.other };
    await this.options.audit.append({ atMs, by, action: 'acknowledge', subject, why });
    const seen = { ...alert, acknowledged: { by, why, atMs } };
    this.standing = new Map(this.standing).set(id, seen);
    await this.keep();
    return seen;
  }

  private keep(): Promise<void> {
    return this.options.settings.put(SETTING, [...this.standing.values()]);
  }
}
