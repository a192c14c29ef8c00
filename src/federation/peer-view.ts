import { isoSeconds } from '../clock/day.js';
import { fingerprintWords } from '../protocol/fingerprint.js';
import type { KeyPin, PeerRole, PeerStatus } from '../storage/peer-store.js';
import type { KnownPeer } from './core/membership.js';

/** A peer as its administrator sees it. */
export interface PeerView {
  node: string;
  /** The node id as words, to be compared with what the node itself shows. */
  words: string;
  name: string | null;
  url: string | null;
  role: PeerRole;
  status: PeerStatus;
  statusSince: string;
  pin: KeyPin;
  software: string;
  lastSeenAt: string | null;
  lastDeliveryAt: string | null;
  /** The newest day it reported, and when that report was issued; null when it never did. */
  newestReport: { day: string; issuedAt: string; fresh: boolean } | null;
  lastError: string | null;
  lastErrorAt: string | null;
  /** It signed two reports under one sequence number, or two next keys; null while nobody saw such. */
  contradiction: 'reports' | 'keys' | null;
  /** The hubs below this one that introduced it. */
  via: readonly string[];
}

export function peerView(peer: KnownPeer, newestReport: PeerView['newestReport']): PeerView {
  const { opened } = peer;
  return {
    node: peer.nodeId,
    words: fingerprintWords(peer.nodeId),
    name: opened.name,
    url: peer.url,
    role: peer.role,
    status: peer.status,
    statusSince: isoSeconds(peer.statusSinceMs),
    pin: peer.pin,
    software: `${opened.software.name} ${opened.software.version}`,
    lastSeenAt: instant(peer.lastSeenMs),
    lastDeliveryAt: instant(peer.lastDeliveryMs),
    newestReport,
    lastError: peer.lastError,
    lastErrorAt: instant(peer.lastErrorMs),
    contradiction: contradictionOf(peer.contradiction),
    via: peer.via,
  };
}

function contradictionOf(text: string | null): PeerView['contradiction'] {
  if (text === null) return null;
  return 'cards' in JSON.parse(text) ? 'keys' : 'reports';
}

function instant(timeMs: number | null): string | null {
  return timeMs === null ? null : isoSeconds(timeMs);
}
