/**
 * `pending` waits for a person; `probation` is visible but outside the headline; `active` counts. A person suspends or
 * removes; a node that contradicts itself is quarantined at once, and counts again when a person says so.
 */
export const PEER_STATUSES = [
  'pending',
  'probation',
  'active',
  'suspended',
  'quarantined',
  'removed',
] as const;
export type PeerStatus = (typeof PEER_STATUSES)[number];

/**
 * `hub` publishes our totals; `member` reports to us as a hub; `sub-hub` is a hub that forwards its members' reports to
 * us; `peer` is one of a mesh; `auditor`, which holds no key,
 * may read all reports: a second hub, or whoever checks this one.
 */
export type PeerRole = 'hub' | 'member' | 'sub-hub' | 'peer' | 'auditor';

/**
 * How the peer's key was learned: named in the configuration, seen at first contact, sent with its request to join, or
 * brought by a hub below this one.
 */
export type KeyPin = 'configured' | 'first-contact' | 'join' | 'introduced';

/** Another node, and how the exchange with it goes. All times are milliseconds since 1970. */
export interface Peer {
  /** RFC 7638 thumbprint of its first public key, base64url. */
  nodeId: string;
  role: PeerRole;
  status: PeerStatus;
  /** When the status began. */
  statusSinceMs: number;
  pin: KeyPin;
  /** Where it can be reached; null for a member that only calls us. */
  url: string | null;
  /** Its signed node card, UTF-8 JSON envelope as received: it holds the public key and the name. */
  card: string;
  /** When its last valid request or answer was seen; null before the first. */
  lastSeenMs: number | null;
  /** When we last gave it our newest reports; null before the first time. */
  lastDeliveryMs: number | null;
  lastError: string | null;
  lastErrorMs: number | null;
  /** Two things that it signed and that contradict each other, as JSON text; null while nobody saw such. */
  contradiction: string | null;
  /** Node ids of the hubs below this one whose member it is. */
  via: readonly string[];
}

/** The other nodes that this one knows. Durable when a change resolves; StoreUnavailableError when it can't be. */
export interface PeerStore {
  peer(nodeId: string): Promise<Peer | null>;
  /** Ordered by node id. */
  peers(): Promise<Peer[]>;
  /** Adds the peer or replaces what was known of it. */
  put(peer: Peer): Promise<void>;
  /** Forgets the peer. Nothing happens when it was unknown. */
  remove(nodeId: string): Promise<void>;
}
