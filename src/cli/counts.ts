import { Argument, type Command, Option } from 'commander';
import type { Counts } from '../stats/counts.js';
import { show, table, terminal, whole } from './output.js';
import { withNode } from './with-node.js';

const WINDOWS = ['1d', '7d', '30d', 'all'] as const;

interface CountsOptions {
  scope: string;
}

export function addCounts(program: Command): void {
  program
    .command('counts')
    .description('how many different people, with the 95 % interval')
    .addArgument(new Argument('[window]', 'one window only').choices(WINDOWS))
    .addOption(new Option('--scope <scope>', 'local, global or instance:<node id>').default('global'))
    .action(async (window: string | undefined, options: CountsOptions, command: Command) => {
      const counts = await withNode((node) =>
        Promise.all(
          (window ? [window] : WINDOWS).map((name) =>
            node.get<Counts>(`/v1/counts?scope=${encodeURIComponent(options.scope)}&window=${name}`),
          ),
        ),
      );
      show(terminal(command.optsWithGlobals().json), counts, words);
    });
}

function words(counts: readonly Counts[]): string[] {
  const rows = counts.map((count) => [
    count.window.name,
    whole(count.uniques.estimate),
    `${whole(count.uniques.low)} – ${whole(count.uniques.high)}`,
    count.uniques.dedup,
    whole(count.hits),
    `${(count.coverage * 100).toFixed(0)} %`,
  ]);
  const [first] = counts;
  return [
    table(['window', 'people', '95 % interval', 'dedup', 'hits', 'coverage'], rows),
    `${first?.scope ?? ''} as of ${first?.asOf ?? ''}; ${first?.instances.fresh ?? 0} fresh, ${first?.instances.stale ?? 0} stale`,
  ];
}
