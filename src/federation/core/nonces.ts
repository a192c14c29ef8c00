/** The nonces of one window of time per peer, so that a request that was read on the way can't be sent again. */
export class Nonces {
  private readonly byPeer = new Map<string, Map<string, number>>();

  constructor(private readonly perPeerMax = 4096) {}

  /**
   * Remembers a nonce until `untilMs`. `repeated` when it was seen before; `full` when the peer has used up its
   * share: it alone is refused then, for as long as its oldest nonces live.
   */
  take(peer: string, nonce: string, untilMs: number, nowMs: number): 'new' | 'repeated' | 'full' {
    const seen = this.byPeer.get(peer) ?? new Map<string, number>();
    this.byPeer.set(peer, seen);
    const expiresMs = seen.get(nonce);
    if (expiresMs !== undefined && expiresMs >= nowMs) return 'repeated';
    if (seen.size >= this.perPeerMax) forgetExpired(seen, nowMs);
    if (seen.size >= this.perPeerMax) return 'full';
    seen.set(nonce, untilMs);
    return 'new';
  }

  /** Forgets a peer that is no longer known. */
  forget(peer: string): void {
    this.byPeer.delete(peer);
  }
}

function forgetExpired(seen: Map<string, number>, nowMs: number): void {
  for (const [nonce, expiresMs] of seen) if (expiresMs < nowMs) seen.delete(nonce);
}
