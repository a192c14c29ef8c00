import type { Membership } from './membership.js';

/** How many members' worth a peer may ask and bring: what relays or reads for many has a share for each of them. */
export function shareOf(nodeId: string, membership: Membership): number {
  const role = membership.peer(nodeId)?.role;
  if (role === 'sub-hub') return 1 + membership.introducedBy(nodeId).size;
  return role === 'member' || role === undefined ? 1 : Math.max(1, membership.size);
}
