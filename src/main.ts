import type { Config } from './config/config.js';
import { loadConfig } from './config/load-config.js';
import { type RunningNode, startNode } from './node.js';

/** Runs the node until SIGTERM or SIGINT, and then stops it cleanly. */
export async function serve(): Promise<void> {
  // Everything in the data directory is its owner's alone.
  process.umask(0o077);
  const stopWanted = stopSignal();
  let config = loadConfig();
  for (;;) {
    const node = await startNode(config, { listens: true, exchanges: true });
    announce(node);
    const isLast = await Promise.race([stopWanted.then(() => true), node.restartWanted.then(() => false)]);
    config = samePort(config, node);
    await node.stop();
    if (isLast) return;
  }
}

const say = (line: string) => process.stdout.write(`${line}\n`);

function announce(node: RunningNode): void {
  const { name, role, counting, dataDir, publicUrl } = node.config;
  say(`Headcount is running at ${node.url}`);
  say(`  node      ${name ? `${name} · ` : ''}${node.nodeId}`);
  say(`  role      ${role}${counting ? '' : ', blind'}`);
  say(`  data      ${dataDir}`);
  for (const { kind, text } of node.newKeys)
    say(`  ${kind.padEnd(5)} key ${text}   (for scripts; shown once)`);
  for (const warning of node.warnings) say(`  warning   ${warning}`);
  if (node.setUpToken === null) return;
  say('Open this to set it up (until there is an account; a new link at each start):');
  say(`  ${publicUrl ?? node.url}/setup#${node.setUpToken}`);
}

/** A port that the system chose stays the node's own when it starts anew. */
function samePort(config: Config, { url }: RunningNode): Config {
  return config.port === 0 && url !== null ? { ...config, port: Number(new URL(url).port) } : config;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}
