import type * as z from 'zod';
import type { Clock } from '../../clock/clock.js';
import type { NodeCard } from '../../protocol/card.js';
import { signRequest } from '../../protocol/http-signature.js';
import type { NodeKey } from '../../protocol/node-key.js';
import { parseStrictJson } from '../../protocol/strict-json.js';
import type { Ledger, LedgerEntry, LedgerReport } from '../../storage/ledger.js';
import type { PeerStatus } from '../../storage/peer-store.js';
import type { GivenSketches } from './given-sketches.js';
import { packedSketches } from './ledger-reader.js';
import {
  type ChartersAnswer,
  chartersAnswerSchema,
  type DigestAsk,
  type Introduction,
  type IntroductionOutcome,
  introductionsAnswerSchema,
  joinAnswerSchema,
  type KeyingsAnswer,
  type KeyingsPush,
  keyingsAnswerSchema,
  LINK_TO_ABOVE,
  lettersSchema,
  type ProofsAnswer,
  type ProofsAsk,
  PULL_ANSWER_BYTES_MAX,
  type PullAnswer,
  type PushOutcome,
  proofsAnswerSchema,
  pullAnswerSchema,
  pushAnswerSchema,
  type RostersAnswer,
  refusalSchema,
  rostersAnswerSchema,
  type TotalAboveAnswer,
  totalAboveSchema,
} from './messages.js';
import type { IncomingResponse, PeerTransport } from './transport.js';

/** A peer answered with a refusal, or with something that is no answer of this protocol. */
export class PeerRefusedError extends Error {
  override readonly name = 'PeerRefusedError';

  constructor(
    message: string,
    /** The reason of the protocol that the peer gave; null when it gave none. */
    readonly reason: string | null = null,
    /** How long it asks to be left alone (RFC 9110, Retry-After in seconds); 0 where it does not say. */
    readonly retryAfterMs = 0,
  ) {
    super(message);
  }
}

const ANSWER_BYTES_MAX = 262_144;
const LETTERS_BYTES_MAX = 4 * 1024 * 1024;
const PROOFS_BYTES_MAX = 2 * 1024 * 1024;
const CARD_BYTES_MAX = 16_384;
const STATUTES_BYTES_MAX = 24 * 1024 * 1024;
const STATUTES_VALUES_MAX = 200_000;
/** A last report may go over the mebibyte, and JSON has its quotes. */
const PULLED_BYTES_MAX = PULL_ANSWER_BYTES_MAX + 262_144;
const TOTAL_BYTES_MAX = 16 * 1024 * 1024;
/** Bodies are kept well below what receivers read, so that one large day never blocks the others. */
const PUSH_BYTES_MAX = 1_048_576;
const PUSH_REPORTS_MAX = 200;
/** Receivers read bodies of this type as bytes, since their digest is what is signed. */
export const FEDERATION_TYPE = 'application/vnd.headcount.v1+json';

/** The calls of the protocol that this version makes, each signed for exactly the peer that it goes to. */
export class PeerCalls {
  constructor(
    private readonly transport: PeerTransport,
    private readonly key: NodeKey,
    private readonly clock: Clock,
    private readonly nonce: () => string,
    private readonly ledger: Pick<Ledger, 'sketch'>,
  ) {}

  /** The one call that is not signed: the card is what makes signatures checkable. */
  async fetchCard(peerUrl: string): Promise<string> {
    const url = `${peerUrl}/.well-known/headcount`;
    const answer = await this.transport.send({
      method: 'GET',
      url,
      headers: {},
      body: null,
      responseBytesMax: CARD_BYTES_MAX,
    });
    if (answer.status !== 200)
      throw new PeerRefusedError(`${peerUrl} has no node card (status ${answer.status})`);
    return textOf(answer);
  }

  async join(peerUrl: string, _peer: NodeCard, card: string): Promise<{ status: PeerStatus }> {
    const body = Buffer.from(JSON.stringify({ card }));
    const answer = await this.send('POST', `${peerUrl}/federation/v1/join`, body, ANSWER_BYTES_MAX);
    return read(joinAnswerSchema, answer);
  }

  /**
   * Gives reports with their sketches, in as many requests as it takes. One outcome for each, in order.
   *
   * @param held Which of our own sketches that peer holds, and now has been given.
   * @param options.bare Origins whose reports go without their sketches: whether the peer wants them shows without.
   * @param options.cardsOf Cards that go along with those reports.
   */
  async push(
    peerUrl: string,
    _peer: NodeCard,
    reports: readonly LedgerReport[],
    held: GivenSketches,
    options: {
      bare?: Pick<ReadonlySet<string>, 'has'>;
      cardsOf?: (reports: readonly LedgerReport[]) => readonly string[];
    } = {},
  ): Promise<{ report: LedgerReport; outcome: PushOutcome }[]> {
    const { bare = new Set(), cardsOf = () => [] } = options;
    const outcomes: { report: LedgerReport; outcome: PushOutcome }[] = [];
    const packed = async (report: LedgerReport) => {
      if (report.origin === this.key.nodeId) return held.packed(report, this.ledger);
      return bare.has(report.origin) ? {} : packedSketches(this.ledger, report);
    };
    for await (const { body, batch } of batches(reports, packed, cardsOf)) {
      const answer = await this.send('POST', `${peerUrl}/federation/v1/reports`, body, ANSWER_BYTES_MAX);
      const { outcomes: given, takesGrowth = false } = read(pushAnswerSchema, answer);
      held.takesGrowth = takesGrowth;
      if (given.length !== batch.length)
        throw new PeerRefusedError('the peer did not answer for every report');
      batch.forEach((report, index) => {
        outcomes.push({ report, outcome: given[index]! });
      });
    }
    return outcomes;
  }

  /** Says which members this hub has, by their cards, to the hub above it. */
  async introduce(peerUrl: string, members: readonly Introduction[]): Promise<IntroductionOutcome[]> {
    const body = Buffer.from(JSON.stringify({ members }));
    const answer = await this.send('POST', `${peerUrl}/federation/v1/introductions`, body, ANSWER_BYTES_MAX);
    return read(introductionsAnswerSchema, answer).outcomes;
  }

  /**
   * The hub's newest total: `known` when it is still the one that `tag` names, `none` while there is none, `above` where it
   * passes on the total of the hub above it.
   */
  async fetchTotal(
    peerUrl: string,
    tag: string | null,
  ): Promise<{ envelope: string; tag: string | null } | 'known' | 'none' | 'above'> {
    const extra: Record<string, string> = tag === null ? {} : { 'if-none-match': tag };
    const answer = await this.send('GET', `${peerUrl}/federation/v1/total`, null, TOTAL_BYTES_MAX, extra);
    if (answer.status === 404) return 'none';
    if (answer.headers.link === LINK_TO_ABOVE) return 'above';
    if (answer.status === 304) return 'known';
    return { envelope: textOf(answer), tag: answer.headers.etag ?? null };
  }

  /** The total that the hub passes on; null when it is still the one that `tag` names. */
  fetchTotalAbove(
    peerUrl: string,
    tag: string | null,
  ): Promise<{ answer: TotalAboveAnswer; tag: string | null } | null> {
    return this.fetchUnless(`${peerUrl}/federation/v1/total/above`, tag, totalAboveSchema);
  }

  /** What the peer's ledger holds, as `schema` says; null from a peer that has no digests yet. */
  async digest<T>(peerUrl: string, ask: DigestAsk, schema: z.ZodType<T>): Promise<T | null> {
    const body = Buffer.from(JSON.stringify(ask));
    const answer = await this.send('POST', `${peerUrl}/federation/v1/digest`, body, ANSWER_BYTES_MAX);
    return answer.status === 404 ? null : read(schema, answer);
  }

  /** Reports by id, with their sketches: those that fit into one answer. If asked for, with their origins' cards. */
  async pull(
    peerUrl: string,
    reports: readonly LedgerEntry[],
    options: { cards?: true } = {},
  ): Promise<PullAnswer> {
    const asked = reports.map(({ origin, day, reportId }) => [origin, day, reportId]);
    const body = Buffer.from(JSON.stringify({ reports: asked, ...options }));
    const answer = await this.send('POST', `${peerUrl}/federation/v1/pull`, body, PULLED_BYTES_MAX);
    return read(pullAnswerSchema, answer);
  }

  /** Leaves a letter for a node, or for `any` that holds the key. */
  async putLetter(peerUrl: string, to: string, letter: string): Promise<void> {
    const body = Buffer.from(JSON.stringify({ letter }));
    await this.send('PUT', `${peerUrl}/federation/v1/keys/${to}`, body, ANSWER_BYTES_MAX);
  }

  /** The letters that wait there for this node. None from a peer that keeps no letters yet. */
  async fetchLetters(peerUrl: string): Promise<string[]> {
    const url = `${peerUrl}/federation/v1/keys/${this.key.nodeId}`;
    const answer = await this.send('GET', url, null, LETTERS_BYTES_MAX);
    return answer.status === 404 ? [] : read(lettersSchema, answer).letters;
  }

  /** Says what this node has proofs of and brings some. Null from a peer that knows of no proofs. */
  async proofs(peerUrl: string, ask: ProofsAsk): Promise<ProofsAnswer | null> {
    const body = Buffer.from(JSON.stringify(ask));
    const answer = await this.send('POST', `${peerUrl}/federation/v1/proofs`, body, PROOFS_BYTES_MAX);
    return answer.status === 404 ? null : read(proofsAnswerSchema, answer);
  }

  /** What the peer knows of keys to come; null when that is still what `tag` names, or it knows of none. */
  async fetchKeyings(
    peerUrl: string,
    tag: string | null,
  ): Promise<{ answer: KeyingsAnswer; tag: string | null } | null> {
    return this.fetchUnless(`${peerUrl}/federation/v1/keying`, tag, keyingsAnswerSchema);
  }

  /** The peer's charters; null as above. */
  fetchCharters(
    peerUrl: string,
    tag: string | null,
  ): Promise<{ answer: ChartersAnswer; tag: string | null } | null> {
    return this.fetchUnless(`${peerUrl}/federation/v1/charter`, tag, chartersAnswerSchema);
  }

  /** The peer's roster; null as above. */
  fetchRosters(
    peerUrl: string,
    tag: string | null,
  ): Promise<{ answer: RostersAnswer; tag: string | null } | null> {
    return this.fetchUnless(`${peerUrl}/federation/v1/roster`, tag, rostersAnswerSchema);
  }

  async giveCharter(peerUrl: string, charter: string): Promise<void> {
    const body = Buffer.from(JSON.stringify({ charter }));
    await this.send('PUT', `${peerUrl}/federation/v1/charter`, body, ANSWER_BYTES_MAX);
  }

  async giveRoster(peerUrl: string, roster: string): Promise<void> {
    const body = Buffer.from(JSON.stringify({ roster }));
    await this.send('PUT', `${peerUrl}/federation/v1/roster`, body, ANSWER_BYTES_MAX);
  }

  async giveKeyings(peerUrl: string, push: KeyingsPush): Promise<void> {
    const body = Buffer.from(JSON.stringify(push));
    await this.send('PUT', `${peerUrl}/federation/v1/keying`, body, ANSWER_BYTES_MAX);
  }

  /** Tells a peer that this node leaves: its days are withdrawn there. */
  async leave(peerUrl: string): Promise<void> {
    await this.send('POST', `${peerUrl}/federation/v1/leave`, Buffer.from('{}'), ANSWER_BYTES_MAX);
  }

  private async fetchUnless<T>(
    url: string,
    tag: string | null,
    schema: z.ZodType<T>,
  ): Promise<{ answer: T; tag: string | null } | null> {
    const extra: Record<string, string> = tag === null ? {} : { 'if-none-match': tag };
    const answer = await this.send('GET', url, null, STATUTES_BYTES_MAX, extra);
    if (answer.status === 304 || answer.status === 404) return null;
    return { answer: read(schema, answer, STATUTES_VALUES_MAX), tag: answer.headers.etag ?? null };
  }

  private async send(
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    body: Uint8Array | null,
    responseBytesMax: number,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<IncomingResponse> {
    const content = body === null ? {} : { body, contentType: FEDERATION_TYPE };
    const signed = signRequest({ method, url, ...content }, this.key, {
      nowMs: this.clock.nowMs(),
      nonce: this.nonce(),
    });
    const answer = await this.transport.send({
      method,
      url,
      headers: { ...extra, ...signed },
      body,
      responseBytesMax,
    });
    if (answer.status >= 400 && answer.status !== 404) throw refusalOf(answer);
    return answer;
  }
}

async function* batches(
  reports: readonly LedgerReport[],
  packed: (report: LedgerReport) => Promise<Record<string, string>>,
  cardsOf: (reports: readonly LedgerReport[]) => readonly string[],
): AsyncGenerator<{ body: Uint8Array; batch: LedgerReport[] }> {
  let batch: LedgerReport[] = [];
  let sketches: Record<string, string> = {};
  let bytes = 0;
  const body = () => pushBody(batch, sketches, cardsOf(batch));
  for (const report of reports) {
    const own = await packed(report);
    const size = report.envelope.length + Object.values(own).reduce((sum, text) => sum + text.length + 90, 0);
    if (batch.length > 0 && (bytes + size > PUSH_BYTES_MAX || batch.length === PUSH_REPORTS_MAX)) {
      yield { body: body(), batch };
      batch = [];
      sketches = {};
      bytes = 0;
    }
    batch.push(report);
    Object.assign(sketches, own);
    bytes += size;
  }
  if (batch.length > 0) yield { body: body(), batch };
}

function pushBody(
  batch: readonly LedgerReport[],
  sketches: Readonly<Record<string, string>>,
  cards: readonly string[],
): Uint8Array {
  // Envelopes go as the text they are, never serialised anew.
  const reports = batch.map(({ envelope }) => envelope);
  return Buffer.from(JSON.stringify({ reports, sketches, ...(cards.length > 0 && { cards }) }));
}

function textOf(answer: IncomingResponse): string {
  return Buffer.from(answer.body).toString('utf8');
}

function read<T>(schema: z.ZodType<T>, answer: IncomingResponse, valuesMax?: number): T {
  const parsed = schema.safeParse(parseStrictJson(answer.body, valuesMax));
  if (!parsed.success)
    throw new PeerRefusedError('the peer answered something that this protocol does not know');
  return parsed.data;
}

/** Only a reason of this protocol is repeated; whatever else a peer writes is not shown to anyone. */
function refusalOf(answer: IncomingResponse): PeerRefusedError {
  const seconds = Number(answer.headers['retry-after']);
  const retryAfterMs = Number.isInteger(seconds) && seconds > 0 ? seconds * 1000 : 0;
  try {
    const { reason } = refusalSchema.parse(parseStrictJson(answer.body));
    return new PeerRefusedError(`the peer refused: ${reason}`, reason, retryAfterMs);
  } catch {
    return new PeerRefusedError(`the peer refused with status ${answer.status}`, null, retryAfterMs);
  }
}
