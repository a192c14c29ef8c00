import type { Database } from 'better-sqlite3';
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

  /** Every request of a member is worth a line of its row: past TypeORM, in a commit that is shared. */
  put(peer: Peer): Promise<void> {
    return this.database.change((database) => {
      putStatement(database).run(peer);
    });
  }

  async remove(nodeId: string): Promise<void> {
    await this.database.write((rows) => rows.delete(PeerRows, { nodeId }));
  }
}

const prepared = new WeakMap<Database, ReturnType<typeof preparePut>>();

function putStatement(database: Database) {
  const known = prepared.get(database) ?? preparePut(database);
  prepared.set(database, known);
  return known;
}

function preparePut(database: Database) {
  return database.prepare<[Peer]>(
    `INSERT INTO peers (node_id, role, status, status_since_ms, pin, url, card, last_seen_ms, last_delivery_ms,
       last_error, last_error_ms, contradiction)
     VALUES ($nodeId, $role, $status, $statusSinceMs, $pin, $url, $card, $lastSeenMs, $lastDeliveryMs,
       $lastError, $lastErrorMs, $contradiction)
     ON CONFLICT (node_id) DO UPDATE SET role = excluded.role, status = excluded.status,
       status_since_ms = excluded.status_since_ms, pin = excluded.pin, url = excluded.url, card = excluded.card,
       last_seen_ms = excluded.last_seen_ms, last_delivery_ms = excluded.last_delivery_ms,
       last_error = excluded.last_error, last_error_ms = excluded.last_error_ms,
       contradiction = excluded.contradiction`,
  );
}
