import type { Clock } from '../../clock/clock.js';
import { verifyContentDigest } from '../../protocol/content-digest.js';
import {
  checkSignatureTimes,
  type ReceivedRequest,
  readRequestSignature,
  SKEW_S,
  verifyRequestSignature,
} from '../../protocol/http-signature.js';
import type { SigningKey } from '../../protocol/key-chain.js';
import { Refusal } from '../../protocol/refusal.js';
import { Nonces } from './nonces.js';
import { RequestBucket } from './request-bucket.js';

export interface GateOptions {
  clock: Clock;
  /** Null for a key that nobody known here owns. No key is ever fetched because a request arrived. */
  keyOf(keyId: string): SigningKey | null;
  requestsPerMinute: number;
  /** The caller's clock said so, under its signature. */
  witness(nodeId: string, signedMs: number): void;
}

/**
 * Who is calling: checks the signature of a request before its body is read, the cheap things first. What the
 * envelope in the body says is another question, and never mixed up with this one.
 */
export class RequestGate {
  private readonly nonces = new Nonces();
  private readonly bucket: RequestBucket;

  constructor(private readonly options: GateOptions) {
    this.bucket = new RequestBucket(options.requestsPerMinute);
  }

  /**
   * The caller's node id. Throws Refusal.
   * @param keyOf Only for a request to join, whose key comes with the card in its body.
   */
  admit(request: ReceivedRequest, keyOf = this.options.keyOf): string {
    const nowMs = this.options.clock.nowMs();
    const signature = readRequestSignature(request.headers);
    const key = keyOf(signature.keyId);
    if (!key) throw new Refusal('unknown-key');
    if (key.retiredMs !== null) throw new Refusal('key-retired');
    checkSignatureTimes(signature, nowMs);
    if (request.method !== 'GET' && !signature.coversBody) throw new Refusal('signature-malformed');
    verifyRequestSignature(signature, request, key.publicKey);
    const { nonce, expires } = signature;
    // The nonce first: a request that somebody replays must not use up what the caller may ask.
    const taken = this.nonces.take(key.node, nonce, (expires + SKEW_S) * 1000, nowMs);
    if (taken === 'repeated') throw new Refusal('nonce-repeated');
    if (taken === 'full') throw new Refusal('nonces-full');
    if (!this.bucket.take(key.node, nowMs)) throw new Refusal('rate-limited');
    this.options.witness(key.node, signature.created * 1000);
    return key.node;
  }

  /** Throws Refusal when the body is not the one whose digest was signed. */
  checkBody(request: ReceivedRequest, body: Uint8Array): void {
    verifyContentDigest(request.headers['content-digest'], body);
  }
}
