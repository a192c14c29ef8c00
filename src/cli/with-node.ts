import { existsSync } from 'node:fs';
import { loadConfig } from '../config/load-config.js';
import { socketPathOf } from '../storage/data-paths.js';
import { NodeClient } from './node-client.js';

/**
 * Runs a command against the node of this data directory: the one that is running, over its socket, or one that is
 * started for the moment of the command, without a port and without a schedule.
 */
export async function withNode<T>(work: (node: NodeClient) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const socketPath = socketPathOf(config.dataDir);
  const running = new NodeClient(socketPath);
  if (existsSync(socketPath) && (await answers(running))) return work(running);
  // Only who starts a node waits for the program of one.
  const { startNode } = await import('../node.js');
  const node = await startNode(config, { listens: false, exchanges: false });
  try {
    return await work(running);
  } finally {
    await node.stop();
  }
}

function answers(client: NodeClient): Promise<boolean> {
  return client.get('/health').then(
    () => true,
    () => false,
  );
}
