import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';

/**
 * Every object begins young. V8 makes those old at once whose kind once lived long ("allocation site pretenuring"), which
 * under load came to be some of each request; a dead old object keeps all young ones that it refers to, the whole request,
 * until everything is collected.
 */
const BORN_YOUNG = '--no-allocation-site-pretenuring';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the node until it is told to stop (what `npm start` does)')
    .action(async () => {
      setFlagsFromString(BORN_YOUNG);
      const { serve } = await import('../main.js');
      await serve();
    });
}
