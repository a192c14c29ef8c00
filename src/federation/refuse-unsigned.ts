import type { IncomingMessage, Server } from 'node:http';
import { FairTurns } from '../http/fair-turns.js';
import { listenFirst } from '../http/listen-first.js';
import { ProblemFilter } from '../http/problem-filter.js';
import type { Refusal } from '../protocol/refusal.js';

/** Who is not known by its signature is not waited for until its body is there. */
const CLOSE = { connection: 'close' };

/**
 * Calls of other nodes that nobody signed are refused before the framework looks at them, a few in each pass of the event
 * loop: crowds of them would keep visits waiting.
 */
export function refuseUnsigned(
  server: Server,
  prefix: string,
  refusalOf: (request: IncomingMessage) => Refusal,
): void {
  const turns = new FairTurns();
  const problems = new ProblemFilter();
  listenFirst(server, (request, response, further) => {
    const { url = '', headers } = request;
    if (headers.signature !== undefined || !url.startsWith(prefix)) return further(request, response);
    void turns.take().then(() => problems.refuse(response, refusalOf(request), url, CLOSE));
  });
}
