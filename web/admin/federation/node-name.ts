import type { NodeStatus } from '../../../src/federation/node-status.js';
import { t } from '../texts.js';
import { peers } from './feeds.js';
import { shortId } from './health.js';

/** A node as people call it, where it has a name. */
export function nameOfNode(node: string, own: NodeStatus): string {
  if (node === own.node) return own.name ?? t('thisNode');
  return peers.state.value.value?.peers.find((peer) => peer.node === node)?.name ?? shortId(node);
}
