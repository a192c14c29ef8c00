/**
 * Problem documents (RFC 9457): the one list of what this API refuses, and why. A `type` never changes its
 * meaning once published; the words beside it may.
 */
const KINDS = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-field': { status: 400, title: 'A field has a value that is not accepted' },
  'unknown-field': { status: 400, title: 'A field is not known' },
  'key-missing': { status: 401, title: 'An access key is needed' },
  'key-unknown': { status: 401, title: 'The access key is not known' },
  'sign-in-failed': { status: 401, title: 'Name, password or code is wrong' },
  'code-needed': { status: 401, title: 'A code of the second factor is needed' },
  'link-unknown': { status: 401, title: 'The link opens nothing' },
  'key-wrong-kind': { status: 403, title: 'The access key does not open this' },
  'other-site': { status: 403, title: 'The request does not come from a page of this node' },
  forbidden: { status: 403, title: 'This is not allowed' },
  'not-found': { status: 404, title: 'There is nothing here' },
  conflict: { status: 409, title: 'This does not fit how things stand' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The content type is not read here' },
  'unacceptable-field': { status: 422, title: 'A field is well formed but cannot be accepted' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  busy: { status: 503, title: 'Too much is asked at once' },
  internal: { status: 500, title: 'Something went wrong here' },
  'no-total': { status: 503, title: 'There is no total yet' },
  stopping: { status: 503, title: 'The node is stopping' },
  'store-unavailable': { status: 503, title: 'The store is unavailable' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemKind = keyof typeof KINDS;

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** The members of a problem document. `field` names what is wrong (`hits[3].at`), `limit` the bound it broke. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  field?: string;
  limit?: number | string;
}

export interface ProblemExtras {
  field?: string;
  limit?: number | string;
  /** Answered as Retry-After. Whole seconds. */
  retryAfterS?: number;
}

/** A refusal that has a problem document. Thrown anywhere, answered once at the edge. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly kind: ProblemKind,
    detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail);
  }

  get status(): number {
    return KINDS[this.kind].status;
  }

  get problem(): Problem {
    const { field, limit } = this.extras;
    const problem: Problem = {
      type: problemType(this.kind),
      title: KINDS[this.kind].title,
      status: this.status,
      detail: this.message,
    };
    if (field !== undefined) problem.field = field;
    if (limit !== undefined) problem.limit = limit;
    return problem;
  }
}

function problemType(kind: ProblemKind): string {
  return `urn:headcount:problem:${kind}`;
}

export function bodyTooLarge(limit: number | undefined): ProblemError {
  return new ProblemError('body-too-large', `The body may have ${limit} bytes.`, { limit });
}
