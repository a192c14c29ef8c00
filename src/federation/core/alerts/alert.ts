/**
 * What a person should look at. An alert never holds a report: those about shares and copies look at several origins,
 * and nobody's figures may depend on what others report.
 */
export interface Alert {
  name: AlertName;
  /** The node it is about; null for one about this node, or about several. */
  node: string | null;
  /** Of a pair, the other. */
  other: string | null;
  /** What was measured, and what it may be; null where there is nothing to measure. */
  measured: number | null;
  threshold: number | null;
}

export type AlertName =
  | 'marginal-rise'
  | 'newcomers-rise'
  | 'near-copy'
  | 'key-mismatch'
  | 'other-key'
  | 'clone'
  | 'quarantine'
  | 'breaker-open'
  | 'clock-offset'
  | 'stale'
  | 'roster-expiring'
  | 'roster-expired';

export interface AlertThresholds {
  /** `marginal-rise` and `newcomers-rise`: of the total, 0..1, within 28 and 7 days. */
  marginalRise: number;
  /** `near-copy`: people whom two share, of the people of both, 0..1, */
  nearCopy: number;
  /** where both have more than so many. */
  nearCopyPeople: number;
  /** `clock-offset` */
  clockSeconds: number;
  /** `stale`: hours since the newest report. */
  staleHours: number;
  /** `roster-expiring`: whole days that are left of it. */
  rosterDays: number;
}

export const defaultAlertThresholds: AlertThresholds = {
  marginalRise: 0.25,
  nearCopy: 0.9,
  nearCopyPeople: 1000,
  clockSeconds: 60,
  staleHours: 24,
  rosterDays: 7,
};

/** One alert, and the same one tomorrow. */
export function alertId({ name, node, other }: Pick<Alert, 'name' | 'node' | 'other'>): string {
  return [name, node, other].filter((part) => part !== null).join('.');
}
