import type { Clock } from '../../src/clock/clock.js';
import type { IncomingResponse, OutgoingRequest } from '../../src/federation/core/transport.js';
import { envelopeId, signEnvelope } from '../../src/protocol/envelope.js';
import { signRequest } from '../../src/protocol/http-signature.js';
import type { NodeKey } from '../../src/protocol/node-key.js';
import type { LedgerReport } from '../../src/storage/ledger.js';

export type MinorVersion = 'older' | 'this' | 'newer';

/** Of a field that nobody knows yet. */
const NEW_FIELD = { fromTheFuture: { a: [1, 'two', null] } };
const CONTENT_TYPE = 'content-type';

/**
 * How a node speaks that is one minor version behind or ahead: the older one knows neither the call for proofs nor
 * sketches that grew nor cards that others bring, the newer one says more in its reports, its requests and its answers than anybody understands.
 */
export class Dialect {
  constructor(
    readonly version: MinorVersion,
    private readonly clock: Clock,
    private readonly key: () => NodeKey,
  ) {}

  /** A request as this node sends it, and as the node that it calls reads it. */
  request(given: OutgoingRequest, called: Dialect): OutgoingRequest {
    const contentType = given.headers[CONTENT_TYPE];
    if (!given.body || !contentType) return given;
    const isOld = [this, called].some(({ version }) => version === 'older');
    const known = isOld ? withoutCards(given) : given.body;
    const body = this.version === 'newer' ? withNewField(known) : known;
    if (body === given.body) return given;
    const { method, url } = given;
    const nonce = /nonce="([^"]+)"/.exec(given.headers['signature-input'] ?? '')?.[1] ?? '';
    const signed = signRequest({ method, url, body, contentType }, this.key(), {
      nowMs: this.clock.nowMs(),
      nonce,
    });
    return { ...given, body, headers: { ...given.headers, ...signed } };
  }

  /** Whether this node knows the call at all. */
  knows({ url }: OutgoingRequest): boolean {
    return this.version !== 'older' || !url.endsWith('/proofs');
  }

  /** An answer as this node gives it. */
  answer(request: OutgoingRequest, given: IncomingResponse): IncomingResponse {
    // What is fetched is signed, and nobody adds to it.
    const isSaid = request.method !== 'GET' && given.status === 200 && given.body.length > 0;
    if (this.version === 'newer' && isSaid) return { ...given, body: withNewField(given.body) };
    return this.heard(request, given);
  }

  /** An answer as this node understands it. */
  heard(request: OutgoingRequest, given: IncomingResponse): IncomingResponse {
    const isWithNews = /\/(digest|reports)$/.test(request.url) && given.status === 200;
    if (this.version !== 'older' || !isWithNews) return given;
    const {
      proofs: _,
      takesGrowth: __,
      members: ___,
      ...known
    } = JSON.parse(Buffer.from(given.body).toString()) as Record<string, unknown>;
    return { ...given, body: Buffer.from(JSON.stringify(known)) };
  }

  /** One of its own reports as it signs it. */
  report(given: LedgerReport): LedgerReport {
    if (this.version !== 'newer' || 'fromTheFuture' in given.report) return given;
    const report = { ...given.report, ...NEW_FIELD };
    const envelope = signEnvelope('report', report, this.key());
    return { ...given, report, envelope, reportId: envelopeId(envelope) };
  }
}

/** The question for cards too, which nobody of before answers. */
function withoutCards({ url, body }: OutgoingRequest): Uint8Array {
  if (!/\/(pull|reports)$/.test(url)) return body!;
  const { cards, ...known } = JSON.parse(Buffer.from(body!).toString()) as Record<string, unknown>;
  return cards === undefined ? body! : Buffer.from(JSON.stringify(known));
}

function withNewField(body: Uint8Array): Uint8Array {
  const known = JSON.parse(Buffer.from(body).toString()) as object;
  return Buffer.from(JSON.stringify({ ...known, ...NEW_FIELD }));
}
