import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ZodError } from 'zod';
import { type Verification, verifyBundle } from '../federation/total-bundle.js';
import { CommandError } from './node-client.js';
import { show, terminal } from './output.js';
import { withNode } from './with-node.js';

export function addVerifyTotal(program: Command): void {
  program
    .command('total')
    .description(
      'print a signed total of this moment with all it was computed from (a hub or a peer has one)',
    )
    .action(async () => {
      const bundle = await withNode((node) => node.get<unknown>('/v1/admin/total'));
      terminal(true).write(JSON.stringify(bundle));
    });

  program
    .command('verify-total <file>')
    .description('compute a published total again from its inputs (the output of `headcount total`)')
    .action((file: string, _options, command: Command) => {
      const verification = verify(file);
      show(terminal(command.optsWithGlobals().json), verification, words);
      if (verification.problems.length > 0) process.exitCode = 1;
    });
}

function verify(file: string): Verification {
  try {
    return verifyBundle(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // A schema's own message is a page of JSON.
    const reason = error instanceof ZodError ? 'a field is missing or malformed' : (error as Error).message;
    throw new CommandError(`${file} is no published total with its inputs: ${reason}`);
  }
}

function words({ publisher, asOf, reports, problems }: Verification): string[] {
  if (problems.length === 0) {
    return [`the total of ${publisher} as of ${asOf} is what its ${reports} reports say, to the register`];
  }
  return [
    `the total of ${publisher} as of ${asOf} does not fit its inputs:`,
    ...problems.map((problem) => `  ${problem}`),
  ];
}
