import type { Command } from 'commander';
import { serve } from '../main.js';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the node until it is told to stop (what `npm start` does)')
    .action(() => serve());
}
