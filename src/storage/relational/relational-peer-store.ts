import type { Peer, PeerStore } from '../peer-store.js';
import type { RelationalDatabase } from './relational-database.js';
import { PeerRows } from './rows/peer-row.js';

export class RelationalPeerStore implements PeerStore {
  constructor(private readonly database: RelationalDatabase) {}

  peer(nodeId: string): Promise<Peer | null> {
    return this.database.read((rows) => rows.findOneBy(PeerRows, { nodeId }));
  }

  peers(): Promise<Peer[]> {
    return this.database.read((rows) => rows.find(PeerRows, { order: { nodeId: 'ASC' } }));
  }

  async put(peer: Peer): Promise<void> {
    await this.database.write((rows) => rows.upsert(PeerRows, peer, ['nodeId']));
  }

  async remove(nodeId: string): Promise<void> {
    await this.database.write((rows) => rows.delete(PeerRows, { nodeId }));
  }
}
