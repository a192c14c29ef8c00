import { loadConfig } from './config/load-config.js';
import { startNode } from './node.js';

/** Runs the node until SIGTERM or SIGINT, and then stops it cleanly. */
export async function serve(): Promise<void> {
  // Everything in the data directory is its owner's alone.
  process.umask(0o077);
  const config = loadConfig();
  const node = await startNode(config, { listens: true, exchanges: true });
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say(`Headcount is running at ${node.url}`);
  say(`  node      ${config.name ? `${config.name} · ` : ''}${node.nodeId}`);
  say(`  role      ${config.role}${config.counting ? '' : ', blind'}`);
  say(`  data      ${config.dataDir}`);
  for (const { kind, text } of node.newKeys)
    say(`  ${kind.padEnd(5)} key ${text}   (for scripts; shown once)`);
  for (const warning of node.warnings) say(`  warning   ${warning}`);
  if (node.setUpToken !== null) {
    say('Open this to set it up (until there is an account; a new link at each start):');
    say(`  ${config.publicUrl ?? node.url}/setup#${node.setUpToken}`);
  }
  await stopSignal();
  await node.stop();
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}
