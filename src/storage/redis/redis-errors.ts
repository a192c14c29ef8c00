import { ErrorReply, MultiErrorReply } from 'redis';
import { StoreUnavailableError } from '../count-store.js';

/** The database belongs to another node, whose visitors would be mixed with ours. */
export class OwnedByAnotherError extends Error {
  override readonly name = 'OwnedByAnotherError';

  constructor(owner: string) {
    super(
      `this Redis database holds the counts of node ${owner}: ` +
        'give this node a database number of its own (REDIS_URL=redis://host:6379/<number>)',
    );
  }
}

/** Something may have been carried out, and nobody knows yet whether it was. Found out on return (flushes.ts). */
export class OutcomeUnknownError extends StoreUnavailableError {}

/**
 * What Redis said when it refused: it is full, read-only, still loading; null for any other error. After a refusal
 * nothing was carried out. A transaction of which some commands failed is no refusal, since the others were.
 */
export function refusalOf(error: unknown): string | null {
  return error instanceof ErrorReply && !(error instanceof MultiErrorReply) ? error.message : null;
}

/** What to tell people of it. No error of the driver holds the URL or what was sent. */
export function wordsOf(error: unknown): string {
  if (error instanceof MultiErrorReply) return [...error.errors()].map(wordsOf)[0] ?? error.message;
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join(', ');
  return error instanceof Error ? error.message || error.name : String(error);
}
