const SWEEP_MS = 60_000;

/**
 * The nonces of one window of time per peer, so that a request that was read on the way can't be sent again. Whoever
 * asks to join is a peer here too, known or not: what has expired is swept out, or strangers would fill the memory.
 */
export class Nonces {
  private readonly byPeer = new Map<string, Map<string, number>>();
  private sweptMs = 0;

  constructor(private readonly perPeerMax = 4096) {}

  /**
   * Remembers a nonce until `untilMs`. `repeated` when it was seen before; `full` when the peer has used up its
   * share: it alone is refused then, for as long as its oldest nonces live.
   */
  take(peer: string, nonce: string, untilMs: number, nowMs: number): 'new' | 'repeated' | 'full' {
    if (Math.abs(nowMs - this.sweptMs) >= SWEEP_MS) this.sweep(nowMs);
    const seen = this.byPeer.get(peer) ?? new Map<string, number>();
    this.byPeer.set(peer, seen);
    const expiresMs = seen.get(nonce);
    if (expiresMs !== undefined && expiresMs >= nowMs) return 'repeated';
    if (seen.size >= this.perPeerMax) forgetExpired(seen, nowMs);
    if (seen.size >= this.perPeerMax) return 'full';
    seen.set(nonce, untilMs);
    return 'new';
  }

  /** How many peers any nonce is remembered of. */
  get peerCount(): number {
    return this.byPeer.size;
  }

  private sweep(nowMs: number): void {
    this.sweptMs = nowMs;
    for (const [peer, seen] of this.byPeer) {
      forgetExpired(seen, nowMs);
      if (seen.size === 0) this.byPeer.delete(peer);
    }
  }
}

function forgetExpired(seen: Map<string, number>, nowMs: number): void {
  for (const [nonce, expiresMs] of seen) if (expiresMs < nowMs) seen.delete(nonce);
}
