import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.js';
import { changeNodeKey } from '../storage/change-node-key.js';
import { show, terminal } from './output.js';

export function addRotateKey(program: Command): void {
  program
    .command('rotate-key')
    .description('give this node its next key under the same node id; stop the node first')
    .option('--stolen', 'somebody else has the key in use: what it signs is refused from now on')
    .action(async (options: { stolen?: boolean }, command: Command) => {
      const stolen = options.stolen ?? false;
      const { nodeId, keyId, changes } = await changeNodeKey(loadConfig().dataDir, {
        nowMs: Date.now(),
        stolen,
      });
      show(
        terminal(command.optsWithGlobals().json),
        { node: nodeId, key: keyId, changes: changes.length },
        () => [
          `node ${nodeId} now signs with key ${keyId} (change ${changes.length})`,
          'Start the node: it shows its new card to its hub and peers by itself. Back up node-key.pem again.',
        ],
      );
    });
}
