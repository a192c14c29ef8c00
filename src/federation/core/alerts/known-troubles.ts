import type { Exchange } from '../exchange.js';
import type { KnownPeer } from '../membership.js';
import type { InstanceRow } from '../total-figures.js';
import type { Alert, AlertName, AlertThresholds } from './alert.js';

/** What a node knows of itself and of the others without looking for it. */
export interface KnownState {
  peers: readonly Pick<KnownPeer, 'nodeId' | 'status'>[];
  exchanges: readonly Pick<Exchange, 'nodeId' | 'breaker' | 'answersAsOther'>[];
  /** A copy of this node runs somewhere. */
  hasClone: boolean;
  /** Milliseconds that a member's clock is ahead of ours, by node id. */
  clockOffsets: ReadonlyMap<string, number>;
  /** Whose newest sketches are under a key or scheme that is not the federation's. */
  otherKeys: Iterable<string>;
  /** Of the total that this node publishes; none where it publishes none. */
  rows: readonly Pick<InstanceRow, 'node' | 'lastReportAt'>[];
  /** Null while no roster applies. */
  rosterExpiresAt: string | null;
  nowMs: number;
}

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export function knownTroubles(state: KnownState, thresholds: AlertThresholds): Alert[] {
  const { peers, exchanges, otherKeys } = state;
  const isIn = ({ status }: KnownState['peers'][number]) => status !== 'removed' && status !== 'suspended';
  const inside = new Set(peers.filter(isIn).map(({ nodeId }) => nodeId));
  return [
    ...(state.hasClone ? [plain('clone', null)] : []),
    ...peers
      .filter(({ status }) => status === 'quarantined')
      .map(({ nodeId }) => plain('quarantine', nodeId)),
    ...exchanges.filter((one) => one.answersAsOther).map(({ nodeId }) => plain('key-mismatch', nodeId)),
    ...exchanges
      .filter(({ breaker }) => breaker !== 'closed')
      .map(({ nodeId }) => plain('breaker-open', nodeId)),
    ...[...otherKeys].filter((node) => inside.has(node)).map((node) => plain('other-key', node)),
    ...offClocks(state, thresholds),
    ...stale(state, thresholds),
    ...endingRoster(state, thresholds),
  ];
}

function offClocks({ clockOffsets }: KnownState, { clockSeconds: threshold }: AlertThresholds): Alert[] {
  return [...clockOffsets]
    .map(([node, offsetMs]) => ({ node, measured: Math.round(Math.abs(offsetMs) / SECOND_MS) }))
    .filter(({ measured }) => measured > threshold)
    .map((offset) => ({ name: 'clock-offset', other: null, threshold, ...offset }));
}

function stale({ rows, nowMs }: KnownState, { staleHours: threshold }: AlertThresholds): Alert[] {
  return rows.flatMap(({ node, lastReportAt }): Alert[] => {
    if (lastReportAt === null) return [];
    const measured = Math.floor((nowMs - Date.parse(lastReportAt)) / HOUR_MS);
    return measured > threshold ? [{ name: 'stale', node, other: null, measured, threshold }] : [];
  });
}

/** A steward signs it anew long before: that somebody has forgotten it, or that the hub can't, is seen in time. */
function endingRoster(
  { rosterExpiresAt, nowMs }: KnownState,
  { rosterDays: threshold }: AlertThresholds,
): Alert[] {
  if (rosterExpiresAt === null) return [];
  const measured = Math.floor((Date.parse(rosterExpiresAt) - nowMs) / DAY_MS);
  if (measured < 0) return [plain('roster-expired', null)];
  return measured < threshold
    ? [{ name: 'roster-expiring', node: null, other: null, measured, threshold }]
    : [];
}

function plain(name: AlertName, node: string | null): Alert {
  return { name, node, other: null, measured: null, threshold: null };
}
