import type { OriginView } from '../../../src/federation/origin-view.js';
import { nameOf } from './health.js';

export const ORDERS = [
  'name',
  'people',
  'share',
  'marginal',
  'report',
  'seen',
  'clock',
  'version',
  'privacy',
  'status',
] as const;
export type Order = (typeof ORDERS)[number];
export type OriginWindow = '1d' | '7d' | '30d' | 'all';

/** What an origin is sorted by. Null goes last, whichever way round. */
function sortValue(origin: OriginView, order: Order, window: OriginWindow): string | number | null {
  const figures = origin.windows?.[window];
  const values: Record<Order, string | number | null> = {
    name: nameOf(origin).toLocaleLowerCase(),
    people: figures?.estimate ?? null,
    share: figures?.share ?? null,
    marginal: figures?.marginal ?? null,
    report: origin.newestReport?.issuedAt ?? null,
    seen: origin.lastSeenAt,
    clock: origin.clockOffsetMs === null ? null : Math.abs(origin.clockOffsetMs),
    version: origin.software,
    privacy: origin.privacy,
    status: origin.status,
  };
  return values[order];
}

export function sortedOrigins(
  origins: readonly OriginView[],
  order: Order,
  isDescending: boolean,
  window: OriginWindow,
): OriginView[] {
  return [...origins].sort((a, b) => {
    const [first, second] = [sortValue(a, order, window), sortValue(b, order, window)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    const difference = first < second ? -1 : first > second ? 1 : 0;
    return isDescending ? -difference : difference;
  });
}

/** By name or the beginning of the node id. */
export function matching(origins: readonly OriginView[], wanted: string): OriginView[] {
  const text = wanted.trim().toLocaleLowerCase();
  if (text === '') return [...origins];
  return origins.filter(
    ({ name, node }) => name?.toLocaleLowerCase().includes(text) || node.startsWith(wanted.trim()),
  );
}
