import { ProblemError } from '../http/problem.js';
import type { FederationNode } from './core/federation-node.js';

/** Throws ProblemError `not-found` for a node id that nobody here has heard of: a decision about it would do nothing. */
export function demandKnown({ membership }: Pick<FederationNode, 'membership'>, node: string): void {
  if (membership.peer(node)) return;
  throw new ProblemError('not-found', 'No node of that id is known here.', { field: 'node' });
}
