import type { Exchange } from './exchange.js';

/**
 * The total that is shown comes from the first hub that answers, in the order of the configuration: a later one takes
 * over while those before it are away, and gives way to them again.
 */
export async function bringTotal(hubs: readonly Exchange[]): Promise<void> {
  for (const hub of hubs) if (await hub.bringTotal()) return;
}
