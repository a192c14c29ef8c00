import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';

/**
 * The space for young objects grows to its whole size at once and not by doubling: what is moved out of a small one keeps
 * alive, dead or not, whatever was linked to it since, and under full load the collector copies that again and again.
 */
const YOUNG_SPACE = '--semi-space-growth-factor=16';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the node until it is told to stop (what `npm start` does)')
    .action(async () => {
      setFlagsFromString(YOUNG_SPACE);
      const { serve } = await import('../main.js');
      await serve();
    });
}
