import type { Clock } from '../../clock/clock.js';
import { verifyContentDigest } from '../../protocol/content-digest.js';
import {
  checkSignatureTimes,
  claimedKeyId,
  type ReceivedRequest,
  readRequestSignature,
  SKEW_S,
  verifyRequestSignature,
} from '../../protocol/http-signature.js';
import type { SigningKey } from '../../protocol/key-chain.js';
import { Refusal } from '../../protocol/refusal.js';
import { Nonces } from './nonces.js';
import { Quota } from './quota.js';
import { TurnsAtOnce } from './turns-at-once.js';

export interface GateOptions {
  clock: Clock;
  /** Null for a key that nobody known here owns. No key is ever fetched because a request arrived. */
  keyOf(keyId: string): SigningKey | null;
  requestsPerMinute: number;
  /** Of bodies, both ways. */
  bytesPerHour: number;
  /** How many times those limits that caller has. */
  shareOf(nodeId: string): number;
  /** The caller's clock said so, under its signature. */
  witness(nodeId: string, signedMs: number): void;
}

/** Of one peer, both ways. */
export const REQUESTS_AT_ONCE = 2;

/**
 * Who is calling: checks the signature of a request before its body is read, the cheap things first. What the
 * envelope in the body says is another question, and never mixed up with this one.
 */
export class RequestGate {
  private readonly nonces = new Nonces();
  private readonly requests: Quota;
  private readonly bytes: Quota;
  private readonly atOnce = new TurnsAtOnce(REQUESTS_AT_ONCE);

  constructor(private readonly options: GateOptions) {
    this.requests = new Quota(options.requestsPerMinute, 60_000);
    this.bytes = new Quota(options.bytesPerHour, 3_600_000);
  }

  /**
   * The caller's node id. Rejects with Refusal.
   * @param keyOf Only for a request to join, whose key comes with the card in its body. Of whoever is not known
   * otherwise nothing is remembered, or strangers would fill the memory: asking again changes nothing.
   */
  async admit(request: ReceivedRequest, keyOf = this.options.keyOf): Promise<string> {
    const nowMs = this.options.clock.nowMs();
    const signature = readRequestSignature(request.headers);
    const key = keyOf(signature.keyId);
    if (!key) throw new Refusal('unknown-key');
    if (key.retiredMs !== null) throw new Refusal('key-retired');
    checkSignatureTimes(signature, nowMs);
    if (request.method !== 'GET' && !signature.coversBody) throw new Refusal('signature-malformed');
    await verifyRequestSignature(signature, request, key.publicKey);
    if (keyOf !== this.options.keyOf && !this.options.keyOf(signature.keyId)) return key.node;
    const { nonce, expires } = signature;
    // The nonce first: a request that somebody replays must not use up what the caller may ask.
    const taken = this.nonces.take(key.node, nonce, (expires + SKEW_S) * 1000, nowMs);
    if (taken === 'repeated') throw new Refusal('nonce-repeated');
    if (taken === 'full') throw new Refusal('nonces-full');
    const share = this.options.shareOf(key.node);
    if (!this.requests.take(key.node, 1, share, nowMs)) throw new Refusal('rate-limited');
    if (this.bytes.isUsedUp(key.node, share, nowMs)) throw new Refusal('too-many-bytes');
    this.options.witness(key.node, signature.created * 1000);
    return key.node;
  }

  /** A request of that caller is under way until `end`. Throws Refusal where it has too many. */
  begin(caller: string): void {
    if (!this.atOnce.begin(caller)) throw new Refusal('too-many-at-once');
  }

  end(caller: string): void {
    this.atOnce.end(caller);
  }

  /** Bytes of a body that went either way: when they are used up, the next request is refused. */
  count(caller: string, bytes: number): void {
    this.bytes.take(caller, bytes, this.options.shareOf(caller), this.options.clock.nowMs());
  }

  /** Whether the signature names a key that is known here; nothing of it is checked yet. */
  isKnown(headers: ReceivedRequest['headers']): boolean {
    const keyId = claimedKeyId(headers);
    return keyId !== null && this.options.keyOf(keyId) !== null;
  }

  /** Throws Refusal when the body is not the one whose digest was signed. */
  checkBody(request: ReceivedRequest, body: Uint8Array): void {
    verifyContentDigest(request.headers['content-digest'], body);
  }
}
