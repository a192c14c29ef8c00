import type { IncomingMessage, Server } from 'node:http';
import { drop } from '../http/closed-connections.js';
import { FairTurns } from '../http/fair-turns.js';
import { listenFirst } from '../http/listen-first.js';
import { ProblemFilter } from '../http/problem-filter.js';
import type { Refusal } from '../protocol/refusal.js';

/** Who is not known is not waited for until its body is there. */
const CLOSE = { connection: 'close' };

export interface Strangers {
  /** Whether nobody known here is named as the one who signed a call. */
  isStranger(request: IncomingMessage): boolean;
  /** Null for what the framework is to look at. */
  refusalOf(request: IncomingMessage): Refusal | null;
}

/**
 * Calls of whom nobody knows are refused before the framework looks at them, a few in each pass of the event loop and in
 * turns of their own: crowds of them would keep visits and peers waiting.
 */
export function refuseEarly(server: Server, prefix: string, strangers: Strangers): void {
  const turns = new FairTurns();
  const problems = new ProblemFilter();
  listenFirst(server, (request, response, further) => {
    const { url = '', socket } = request;
    if (!url.startsWith(prefix) || !strangers.isStranger(request)) return further(request, response);
    turns
      .take()
      .then(() => {
        // Whoever went costs nothing more.
        if (socket.destroyed) return;
        const refusal = strangers.refusalOf(request);
        if (refusal) problems.refuse(response, refusal, url, CLOSE);
        else further(request, response);
      })
      .catch(() => drop(socket));
  });
}
