/**
 * Why a request, an envelope or a sketch of another node is refused. One closed list: the reason is what the sender
 * is told, what is counted, and what docs/PROTOCOL.md explains. The status is that of a request that is refused as
 * a whole; inside an answer about many reports only the reason is given.
 */
export const REFUSALS = {
  // The request: who is calling (RFC 9421).
  'signature-missing': { status: 401, meaning: 'The request is not signed.' },
  'signature-malformed': {
    status: 401,
    meaning: 'The signature headers are not as this protocol writes them.',
  },
  'signature-not-yet-valid': {
    status: 401,
    meaning: 'The signature was made more than 300 s ahead of our clock.',
  },
  'signature-expired': {
    status: 401,
    meaning: 'The signature has expired, or was made more than 300 s ago.',
  },
  'signature-valid-too-long': { status: 401, meaning: 'The signature is valid for more than 120 s.' },
  'unknown-key': { status: 401, meaning: 'No node of that key is known here.' },
  'bad-signature': { status: 401, meaning: 'The signature does not fit what it should cover.' },
  'nonce-repeated': { status: 401, meaning: 'A request with this nonce was answered before.' },
  'nonces-full': { status: 429, meaning: 'Too many requests of this node within a few minutes.' },
  'rate-limited': { status: 429, meaning: 'Too many requests in this minute.' },
  'too-many-bytes': { status: 429, meaning: 'Too many bytes in this hour.' },
  'too-many-at-once': { status: 429, meaning: 'Two requests of this node are under way already.' },
  'digest-missing': { status: 400, meaning: 'The body has no Content-Digest.' },
  'digest-mismatch': { status: 400, meaning: 'The body is not the one that was signed.' },
  'not-a-member': { status: 403, meaning: 'This node is not in the federation, or was removed from it.' },
  suspended: { status: 403, meaning: 'A person has suspended this node.' },
  quarantined: { status: 403, meaning: 'This node has contradicted itself: a person has to look at it.' },
  pending: { status: 403, meaning: 'The request to join waits for a person.' },
  'pending-full': { status: 503, meaning: 'Too many requests to join wait from this network.' },
  'not-a-sub-hub': { status: 403, meaning: 'No person here has let this hub bring members of its own.' },
  'too-many-members': { status: 503, meaning: 'This hub has introduced as many members as it may.' },
  'store-unavailable': { status: 503, meaning: 'Nothing can be kept here just now. Try again later.' },
  'no-federation': { status: 409, meaning: 'This node is in no federation yet.' },
  'no-total': { status: 404, meaning: 'There is no total yet.' },
  'unsupported-media-type': {
    status: 415,
    meaning: 'The body is of another type than application/vnd.headcount.v1+json.',
  },
  // The envelope: who speaks (DSSE).
  'too-large': { status: 413, meaning: 'It has more bytes than the limit.' },
  'not-an-envelope': { status: 400, meaning: 'It is not a DSSE envelope with exactly one signature.' },
  'other-kind': { status: 400, meaning: 'The envelope holds another kind of object.' },
  'bad-key': { status: 400, meaning: 'The public key is malformed, of small order or not canonical.' },
  'bad-json': { status: 400, meaning: 'It is not I-JSON (RFC 7493).' },
  'bad-schema': { status: 400, meaning: 'A field is missing, unknown or out of range.' },
  'bad-key-chain': {
    status: 400,
    meaning: 'The changes of the key do not lead from the first key to the one in use.',
  },
  'forked-key-chain': {
    status: 409,
    meaning: 'Another change of the key is known here: a person has to look at it.',
  },
  'key-retired': { status: 401, meaning: 'The key that signed it is not in use any more.' },
  'not-its-own-key': { status: 400, meaning: 'The object was signed by another node than it speaks for.' },
  // The report.
  'other-federation': { status: 409, meaning: 'The report is for another federation.' },
  'other-format': { status: 409, meaning: 'The sketches are of another format.' },
  'issued-in-the-future': { status: 400, meaning: 'issuedAt is more than 5 minutes ahead of our clock.' },
  'valid-too-long': { status: 400, meaning: 'validUntil lies more than 48 h after issuedAt, or before it.' },
  'seq-off-time': { status: 400, meaning: 'seq and issuedAt are more than 300 s apart.' },
  'day-out-of-range': { status: 400, meaning: 'The day is more than 63 days back, or after tomorrow.' },
  'seq-too-low': { status: 409, meaning: 'A newer report of that day is here.' },
  'mailbox-full': { status: 503, meaning: 'Too many letters wait here.' },
  'bad-seal': { status: 400, meaning: 'What was sealed does not open for this node and purpose.' },
  'other-key': {
    status: 409,
    meaning: 'The check value is of another key of the same chain and epoch than the one held here.',
  },
  'keying-too-late': {
    status: 409,
    meaning: 'Fresh entropy is announced 72 h before the epoch before its own begins.',
  },
  'keying-off-epoch': { status: 400, meaning: 'The keying is of no epoch that is near.' },
  'keyings-full': { status: 503, meaning: 'Too many keyings are kept here.' },
  'no-charter': { status: 404, meaning: 'This node has no charter.' },
  'no-roster': { status: 404, meaning: 'This node has no roster.' },
  'not-a-steward': {
    status: 403,
    meaning: 'It is not signed by as many stewards of the charter as it takes.',
  },
  'charter-mismatch': { status: 409, meaning: 'It does not follow the charter that is known here.' },
  'roster-too-old': { status: 409, meaning: 'A roster with a higher number is known here.' },
  'roster-conflict': {
    status: 409,
    meaning: 'Another roster of the same number is known here: neither of them applies.',
  },
  'roster-expired': {
    status: 409,
    meaning: 'The roster has expired: nobody joins until a steward signs one.',
  },
  'not-a-contradiction': {
    status: 400,
    meaning: 'The two reports are not of one origin, day and seq, or they are the same.',
  },
  equivocation: { status: 409, meaning: 'Another report of the same day and seq is here.' },
  'too-soon': { status: 429, meaning: 'Reports of one day follow each other too fast.' },
  'sketch-missing': { status: 400, meaning: 'The report names a sketch that did not come with it.' },
  'sketch-malformed': { status: 400, meaning: 'A sketch is not packed as this protocol says.' },
  'sketch-mismatch': { status: 400, meaning: 'A sketch is not the one that the report names.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type RefusalReason = keyof typeof REFUSALS;

/**
 * Something of another node is refused, for a reason of the list. It has no stack: to record one costs more than to
 * find the reason, which says it all, and anyone can have thousands of them made.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(readonly reason: RefusalReason) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(REFUSALS[reason].meaning);
    Error.stackTraceLimit = stackTraceLimit;
  }

  get status(): number {
    return REFUSALS[this.reason].status;
  }
}
