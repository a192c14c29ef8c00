import type { Command } from 'commander';
import type { StatutesView } from '../federation/statutes-admin.service.js';
import { show, terminal } from './output.js';
import { wholeNumber } from './whole-number.js';
import { withNode } from './with-node.js';

const PATH = '/v1/admin/federation';

/** Charter and roster: what is signed, and by whom. */
export function addStatutes(federation: Command): void {
  const charter = federation.command('charter').description('who may sign for the federation');
  const roster = federation.command('roster').description('who is in, as a steward signed it');

  charter
    .command('show', { isDefault: true })
    .description('the charter in force, and the next one while it waits for signatures')
    .action((_options, command: Command) =>
      asked(command, charterWords, (node) => node.get(`${PATH}/charter`)),
    );

  charter
    .command('propose <nodes...>')
    .description(
      'the next charter, with its stewards by their node ids; as many of the present ones sign as it takes',
    )
    .option(
      '--threshold <count>',
      'how many of the new stewards change the charter after that',
      wholeNumber,
      1,
    )
    .option(
      '--sketch-minimum <visitors>',
      'no sketch of a day of fewer visitors is shared (default: as before)',
      wholeNumber,
    )
    .action((stewards: string[], options: ProposeOptions, command: Command) => {
      const body = { stewards, ...options };
      return asked(command, charterWords, (node) => node.post(`${PATH}/charter`, body));
    });

  charter
    .command('sign')
    .description('sign the charter that another steward proposed; look at it first')
    .action((_options, command: Command) =>
      asked(command, charterWords, (node) => node.post(`${PATH}/charter/sign`, {})),
    );

  roster
    .command('show', { isDefault: true })
    .description('the members on it')
    .action((_options, command: Command) =>
      asked(command, rosterWords, (node) => node.get(`${PATH}/charter`)),
    );

  roster
    .command('sign')
    .description('sign who is in, where the hub itself is no steward')
    .action((_options, command: Command) =>
      asked(command, rosterWords, (node) => node.post(`${PATH}/roster/sign`, {})),
    );
}

interface ProposeOptions {
  threshold: number;
  sketchMinimum?: number;
}

type Client = Parameters<Parameters<typeof withNode<StatutesView>>[0]>[0];

async function asked(
  command: Command,
  words: (view: StatutesView) => string[],
  call: (node: Client) => Promise<StatutesView>,
): Promise<void> {
  const view = await withNode(call);
  show(terminal(command.optsWithGlobals().json), view, words);
}

function charterWords({ charter, proposed }: StatutesView): string[] {
  if (!charter) return ['no charter: this node knows of none'];
  const of = ({
    number,
    stewards,
    threshold,
    sketchMinimum,
    signers,
  }: NonNullable<StatutesView['charter']>) => [
    `charter ${number}: ${threshold} of ${stewards.length} stewards change it`,
    `sketch minimum (visitors a day): ${sketchMinimum}`,
    ...stewards.map((node) => `  ${node}`),
    ...signers.map((node) => `signed by ${node}`),
  ];
  return [...of(charter), ...(proposed ? ['', 'waits for signatures:', ...of(proposed)] : [])];
}

function rosterWords({ roster }: StatutesView): string[] {
  if (!roster) return ['no roster applies here'];
  return [
    `roster ${roster.number}, until ${roster.expiresAt}`,
    `signed by ${roster.signer}`,
    ...roster.members.flatMap(({ node, role, counting, status, since, url }) => [
      `  ${node} ${role}, ${status} since ${since}`,
      ...(counting ? [] : ['    counts no site']),
      ...(url ? [`    ${url}`] : []),
    ]),
  ];
}
