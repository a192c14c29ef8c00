import type { OriginView } from '../../../src/federation/origin-view.js';

/** How things stand with an origin, the worst that is true of it. */
export type Health = 'fine' | 'waiting' | 'stale' | 'held' | 'failing' | 'out';

const OUT: readonly string[] = ['suspended', 'removed', 'left', 'quarantined'];

export function healthOf(origin: OriginView): Health {
  if (OUT.includes(origin.status) || isExcluded(origin)) return 'out';
  if (origin.status === 'pending') return 'waiting';
  if (origin.exchange?.state === 'failing') return 'failing';
  if (origin.held.length > 0) return 'held';
  return origin.newestReport?.fresh ? 'fine' : 'stale';
}

/** A person took all of its days out of the totals. */
export function isExcluded({ rulings }: OriginView): boolean {
  return rulings.some(({ day }) => day === null);
}

export function nameOf({ name, node }: { name: string | null; node: string }): string {
  return name ?? shortId(node);
}

/** Enough of a node id to tell a few apart. */
export function shortId(node: string): string {
  return `${node.slice(0, 8)}…`;
}
