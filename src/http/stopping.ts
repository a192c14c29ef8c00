import type { Server } from 'node:http';
import { ProblemError } from './problem.js';
import type { ProblemFilter } from './problem-filter.js';

/** It may be starting anew. Whole seconds. */
const RETRY_S = 1;

/** Answers what still comes over open connections while the node stops. What had come before is answered as ever. */
export function refuseWhileStopping(server: Server, problems: ProblemFilter): void {
  server.removeAllListeners('request');
  server.on('request', ({ url = '' }, response) => {
    problems.refuse(response, stopping(), url.split('?', 1)[0] ?? '', { connection: 'close' });
  });
}

export function stopping(): ProblemError {
  return new ProblemError('stopping', 'Ask again in a moment.', { retryAfterS: RETRY_S });
}
