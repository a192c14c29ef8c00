import { expect, it } from '@jest/globals';
import { Program } from './program.js';

const IDS = ['-pvor2gngZz1EKG0Gpn_KfXUTyF0dwWu_ruo4bIVa7Y', '--ntk8-TRweDvzbts5feNCZ1r-gEX_7m5UNsPYSFVE4'];

function parsed(...words: string[]): unknown[] {
  const program = new Program('headcount').exitOverride().configureOutput({ writeErr: () => undefined });
  program.option('--json');
  let given: unknown[] = [];
  const charter = program.command('federation').command('charter');
  charter
    .command('propose <nodes...>')
    .option('--threshold <k>')
    .option('--why <reason>', '', '')
    .action((nodes: string[], options: object) => {
      given = [nodes, options];
    });
  program.parse(['federation', 'charter', 'propose', ...words], { from: 'user' });
  return given;
}

it('takes a node id for a word that begins as an option does', () => {
  const [one, other] = IDS as [string, string];
  expect(parsed(one, other, '--threshold', '2')).toEqual([IDS, { threshold: '2', why: '' }]);
  expect(parsed('--threshold', '2', one, '--why', 'it is new', other)).toEqual([
    IDS,
    { threshold: '2', why: 'it is new' },
  ]);
  expect(parsed('--', one, other)).toEqual([IDS, { why: '' }]);
});

it('refuses an option that there is none of', () => {
  expect(() => parsed('a', '--treshold', '2')).toThrow("unknown option '--treshold'");
  expect(() => parsed('a', '-x')).toThrow("unknown option '-x'");
});
