import type { Problem } from '../http/problem.js';
import type { ErrorStyle } from '../http/problem-filter.js';

const ANY_ORIGIN = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };

/** The earlier systems' own error bodies, with true status codes. For `ProblemFilter`. */
export const compatErrors: readonly ErrorStyle[] = [
  {
    covers: (path) => path === '/health' || path === '/keepalive',
    body: (problem) => ({ error: words(problem) }),
  },
  {
    covers: (path) => path === '/stats' || path === '/cleanup',
    body: (problem) => ({ success: false, error: words(problem) }),
  },
  {
    covers: (path) => path.startsWith('/api/stats/'),
    body: (problem) => ({ error: words(problem) }),
    headers: ANY_ORIGIN,
  },
];

function words(problem: Problem): string {
  return problem.status === 500 ? 'Internal server error' : problem.detail;
}
