import type { Peer, PeerStore } from '../peer-store.js';
import { MemoryTable } from './memory-table.js';

export class MemoryPeerStore implements PeerStore {
  private readonly table = new MemoryTable<Peer>();

  async peer(nodeId: string): Promise<Peer | null> {
    return this.table.get(nodeId);
  }

  async peers(): Promise<Peer[]> {
    return this.table.rows();
  }

  async put(peer: Peer): Promise<void> {
    this.table.put(peer.nodeId, peer);
  }

  async remove(nodeId: string): Promise<void> {
    this.table.remove(nodeId);
  }
}
