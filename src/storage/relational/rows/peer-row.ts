import { EntitySchema } from 'typeorm';
import type { Peer } from '../../peer-store.js';
import { asJson, asNumber, LARGE_INTEGER, TEXT } from '../column-types.js';

export const PeerRows = new EntitySchema<Peer>({
  name: 'peer',
  tableName: 'peers',
  columns: {
    nodeId: { type: TEXT, name: 'node_id', primary: true },
    role: { type: TEXT },
    status: { type: TEXT },
    statusSinceMs: { type: LARGE_INTEGER, name: 'status_since_ms', transformer: asNumber },
    pin: { type: TEXT },
    url: { type: TEXT, nullable: true },
    card: { type: TEXT },
    lastSeenMs: { type: LARGE_INTEGER, name: 'last_seen_ms', nullable: true, transformer: asNumber },
    lastDeliveryMs: { type: LARGE_INTEGER, name: 'last_delivery_ms', nullable: true, transformer: asNumber },
    lastError: { type: TEXT, name: 'last_error', nullable: true },
    lastErrorMs: { type: LARGE_INTEGER, name: 'last_error_ms', nullable: true, transformer: asNumber },
    contradiction: { type: TEXT, nullable: true },
    via: { type: TEXT, default: '[]', transformer: asJson },
  },
});
