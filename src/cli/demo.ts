import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { DemoFederation, type DemoOutcome, type DemoProgress, isUnchanged, runDemo } from '../demo/demo.js';
import { CommandError } from './node-client.js';
import { show, table, terminal, whole } from './output.js';

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('replay a real access log over a hub and three instances, exact against estimated')
    .option('--keep', 'leave the four nodes running until Ctrl-C')
    .action(async (options: { keep?: boolean }, command: Command) => {
      const output = terminal(command.optsWithGlobals().json);
      const progress = progressOn(output.json);
      const { signal, ended } = interruption();
      try {
        const federation = await DemoFederation.start(progress, signal);
        try {
          const outcome = await runDemo(federation, progress);
          show(output, outcome, words);
          if (!isUnchanged(outcome)) process.exitCode = 1;
          if (options.keep) await keep(federation, output.json ? console.error : output.write, ended);
        } finally {
          await federation.stop();
        }
      } catch (error) {
        // The nodes were ended under the demo's hands; what then failed says nothing.
        throw signal.aborted ? new CommandError('the demo was interrupted; its files are removed') : error;
      }
    });
}

/** The nodes are processes of their own: they must not outlive the demo, however it is told to end. */
function interruption(): { signal: AbortSignal; ended: Promise<void> } {
  const controller = new AbortController();
  const ended = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(name, () => {
        controller.abort();
        resolve();
      });
    }
  });
  return { signal: controller.signal, ended };
}

async function keep(
  federation: DemoFederation,
  write: (line: string) => void,
  ended: Promise<void>,
): Promise<void> {
  write('');
  for (const node of [federation.hub, ...federation.members]) {
    write(`${node.name.padEnd(6)} ${node.url}   HEADCOUNT_DATA_DIR=${node.dataDir}`);
  }
  write('Press Ctrl-C to stop them and to remove their files.');
  await ended;
}

/** Steps and a bar go to standard error, so that standard output holds the result alone. */
function progressOn(json: boolean): DemoProgress {
  let bar: SingleBar | null = null;
  return {
    step: (line) => {
      if (!json) process.stderr.write(`· ${line}\n`);
    },
    sent: (hits, total) => {
      if (json || !process.stderr.isTTY) return;
      if (!bar) {
        bar = new SingleBar({ format: '  {bar} {value} of {total} hits', stream: process.stderr });
        bar.start(total, 0);
      }
      bar.update(hits);
      if (hits === total) {
        bar.stop();
        bar = null;
      }
    },
  };
}

function words(outcome: DemoOutcome): string[] {
  const { global, instances, repeated, resent } = outcome;
  const rows = [...instances, global].map((row) => [
    row.name,
    whole(row.exact),
    whole(row.estimate),
    `${whole(row.low)} – ${whole(row.high)}`,
    signedPercent(row.estimate / row.exact - 1),
    whole(row.hits),
  ]);
  const dropped = Object.entries(outcome.dropped).map(([reason, count]) => `${whole(count)} ${reason}`);
  return [
    '',
    table(['instance', 'exact', 'estimate', '95 % interval', 'error', 'hits'], rows),
    `Adding the instances up gives ${whole(global.sum)} (exact: ${whole(outcome.exactSum)}); ${whole(global.overlap)} of these are people counted twice.`,
    `Not counted: ${dropped.join(', ')}.`,
    `After the whole log was sent again: ${whole(repeated.hits)} hits, still ${whole(repeated.global)} people; after every report was sent again: ${whole(resent.global)}.`,
    isUnchanged(outcome)
      ? 'Repetition changed no unique count.'
      : 'REPETITION CHANGED A UNIQUE COUNT: this is a bug.',
  ];
}

function signedPercent(share: number): string {
  return `${share < 0 ? '−' : '+'}${(Math.abs(share) * 100).toFixed(2)} %`;
}
