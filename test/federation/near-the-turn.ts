import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays } from '../../src/clock/day.js';
import type { FederationLine } from '../../src/identity/federation-line.js';
import { foundFederation } from '../../src/identity/founding.js';
import { parseKeyring } from '../../src/identity/keyring-text.js';
import type { NodeProcess } from './node-process.js';

/** A federation whose epoch ends in four days: the days on which fresh entropy is made have begun for everybody. */
export function lineNearTheTurn(today: string): FederationLine {
  const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
  const founded = foundFederation({ random, today, scheme: 'site-id/1', name: 'test' });
  const calendar = { dayZero: addDays(today, 4 - 30), epochDays: 30 };
  return { ...founded, calendar, chain: { ...founded.chain, epoch: 0 } };
}

export const keyringFileOf = ({ dataDir }: NodeProcess) => join(dataDir, 'keyring.json');
export const keyringOf = async (node: NodeProcess) =>
  parseKeyring(await readFile(keyringFileOf(node), 'utf8'));
export const entropyOf = async (node: NodeProcess) =>
  (await keyringOf(node)).current.chain.links.find(({ fresh }) => fresh !== null)?.fresh ?? null;
