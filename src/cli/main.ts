#!/usr/bin/env node
import { ConfigError } from '../config/load-config.js';
import { softwareVersion } from '../config/software.js';
import { addAccount } from './account.js';
import { addBackup } from './backup.js';
import { addCounts } from './counts.js';
import { addDemo } from './demo.js';
import { addFederation } from './federation.js';
import { addImportLog } from './import-log.js';
import { addJoining } from './joining.js';
import { addAudit } from './judgement.js';
import { addLegacy } from './legacy.js';
import { addPeers } from './peers.js';
import { Program } from './program.js';
import { addRotateKey } from './rotate-key.js';
import { addServe } from './serve.js';
import { addStatus } from './status.js';
import { addVerifyTotal } from './verify-total.js';

// What a command creates in the data directory is its owner's alone, as what the node creates.
process.umask(0o077);

const program = new Program('headcount')
  .description('Count heads, not hits, once, across every instance.')
  .version(softwareVersion)
  .option('--json', 'print JSON instead of words')
  .showHelpAfterError('(headcount --help lists the commands)');

for (const add of [
  addServe,
  addStatus,
  addCounts,
  addFederation,
  addPeers,
  addJoining,
  addRotateKey,
  addAccount,
  addBackup,
  addLegacy,
  addAudit,
  addImportLog,
  addVerifyTotal,
  addDemo,
]) {
  add(program);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  console.error(error instanceof Error ? `headcount: ${error.message}` : 'headcount: failed');
}

/** 2: the configuration is wrong; 1: the command could not do what it was asked. */
function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError) return 2;

  return 1;
}
