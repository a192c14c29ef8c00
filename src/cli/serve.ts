import type { Command } from 'commander';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the node until it is told to stop (what `npm start` does)')
    .action(async () => {
      const { serve } = await import('../main.js');
      await serve();
    });
}
