export interface AlertView {
  id: string;
  name: string;
  /** Null for one about this node, or about several. */
  node: string | null;
  nodeName: string | null;
  other: string | null;
  otherName: string | null;
  measured: number | null;
  threshold: number | null;
  since: string;
  acknowledged: { by: string; why: string; at: string } | null;
}

export interface AlertsAnswer {
  /** Those nobody has seen first, the newest first; of each name at most 200. */
  alerts: AlertView[];
  /** How many there are in all, by name. */
  counts: Record<string, number>;
  asOf: string;
}
