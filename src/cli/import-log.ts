import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { type LogLine, parseLogLine } from '../access-log/log-line.js';
import { readLog } from '../access-log/log-lines.js';
import { HOUR_MS } from '../clock/day.js';
import { isAddress } from '../http/address-set.js';
import { AHEAD_MS, RETENTION_MS } from '../tracking/visits.js';
import { CommandError, type NodeClient } from './node-client.js';
import { show, terminal, whole } from './output.js';
import { withNode } from './with-node.js';

const BATCH_HITS = 500;

interface Imported {
  lines: number;
  counted: number;
  /** Batches that this node had already taken from the same file within a day. */
  repeated: number;
  unreadable: number;
  /** Lines with a host name for an address, older than what is kept, or ahead of the clock. */
  unusable: number;
  dropped: Record<string, number>;
}

interface BatchAnswer {
  counted: number;
  dropped: Record<string, number>;
  repeated?: boolean;
}

export function addImportLog(program: Command): void {
  program
    .command('import-log <file>')
    .description("count the visits of a web server's access log (Apache or nginx combined, plain or gzipped)")
    .action(async (file: string, _options, command: Command) => {
      const imported = await withNode((node) => importLog(node, file));
      show(terminal(command.optsWithGlobals().json), imported, words);
    });
}

async function importLog(node: NodeClient, file: string): Promise<Imported> {
  const imported: Imported = { lines: 0, counted: 0, repeated: 0, unreadable: 0, unusable: 0, dropped: {} };
  const progress = progressBar(sizeOf(file));
  const source = createReadStream(file);
  // The key of a batch is a hash of all lines so far: the same file imported again adds nothing within a day.
  const content = createHash('sha256');
  let batch: object[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const idempotencyKey = `log-${content.copy().digest('hex')}`;
    addAnswer(
      imported,
      await node.post('/v1/hits:batch', { hits: batch }, { 'idempotency-key': idempotencyKey }),
    );
    batch = [];
    progress?.update(source.bytesRead);
  };
  for await (const line of readLog(source)) {
    imported.lines += 1;
    content.update(line).update('\n');
    const parsed = parseLogLine(line);
    if (!parsed) imported.unreadable += 1;
    else if (!isCountable(parsed)) imported.unusable += 1;
    else batch.push(hitOf(parsed));
    if (batch.length === BATCH_HITS) await flush();
  }
  await flush();
  progress?.stop();
  return imported;
}

/** What the node would refuse, and with it the whole batch. */
function isCountable(line: LogLine): boolean {
  const ageMs = Date.now() - line.timeMs;
  return isAddress(line.address) && ageMs > -AHEAD_MS && ageMs < RETENTION_MS - HOUR_MS;
}

function hitOf(line: LogLine): object {
  return { at: new Date(line.timeMs).toISOString(), address: line.address, userAgent: line.userAgent ?? '' };
}

function addAnswer(imported: Imported, answer: BatchAnswer): void {
  if (answer.repeated) imported.repeated += 1;
  else imported.counted += answer.counted;
  for (const [reason, count] of Object.entries(answer.dropped)) {
    imported.dropped[reason] = (imported.dropped[reason] ?? 0) + count;
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** On a terminal only; a pipe gets no bar. */
function progressBar(totalBytes: number): SingleBar | null {
  if (!process.stderr.isTTY) return null;
  const bar = new SingleBar({
    format: 'importing {bar} {percentage} % | {eta_formatted} left',
    stream: process.stderr,
  });
  bar.start(totalBytes, 0);
  return bar;
}

function words(imported: Imported): string[] {
  const dropped = Object.entries(imported.dropped).map(([reason, count]) => `${whole(count)} ${reason}`);
  const lines = [`${whole(imported.lines)} lines read, ${whole(imported.counted)} hits counted`];
  if (dropped.length > 0) lines.push(`not counted: ${dropped.join(', ')}`);
  if (imported.unreadable > 0) lines.push(`not in the combined format: ${whole(imported.unreadable)}`);
  if (imported.unusable > 0) {
    lines.push(
      `${whole(imported.unusable)} lines have no address, are older than 400 days or lie in the future`,
    );
  }
  if (imported.repeated > 0)
    lines.push(`${whole(imported.repeated)} batches had been imported before and changed nothing`);
  return lines;
}
