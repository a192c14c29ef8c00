import type { Day } from '../clock/day.js';
import { chainName, EPOCH_MAX, keyCheckValue, keyName, nextEpochKey } from './epoch-key.js';

/** Fresh entropy for one epoch: its key follows from the one before only together with R, and has another name. */
export interface ChainLink {
  epoch: number;
  /** What chainName makes of the key: two keys that differ in their entropy never share a name. */
  name: string;
  /** keyCheckValue of the key. */
  check: string;
  /** R, 32 bytes; null before it has come, and after it was mixed in. */
  fresh: Uint8Array | null;
}

export interface Chain {
  /** Made of the chain's first key, which is gone: kept, never recomputed. Of epochs before the first link. */
  name: string;
  /** 32-byte keys by epoch: today's and the next; for 48 h after its end the last one. None on a blind node. */
  keys: ReadonlyMap<number, Uint8Array>;
  /** In the order of their epochs. */
  links: readonly ChainLink[];
  /** Of later epochs it is not known yet whether they get fresh entropy. Null where nobody else could bring any. */
  decidedThrough: number | null;
  /** The day on which a key that it should be written under was not there. */
  lackedOn: Day | null;
  /** Keys that came in the middle of a day count from the next one on. */
  from: ReadonlyMap<number, Day>;
}

/** Names of keys of the past are asked for as long as reports of their days are kept. */
const LINKS_MAX = 100;

export function newChain(name: string, keys: ReadonlyMap<number, Uint8Array>): Chain {
  return { name, keys, links: [], decidedThrough: null, lackedOn: null, from: new Map() };
}

/** `<chain>.<epoch>`; null for an epoch that never has a key. */
export function keyNameOf(chain: Pick<Chain, 'name' | 'links'>, epoch: number): string | null {
  return epoch < 0 || epoch > EPOCH_MAX ? null : keyName(chainOf(chain, epoch), epoch);
}

/** What the chain is called in that epoch. */
export function chainOf({ name, links }: Pick<Chain, 'name' | 'links'>, epoch: number): string {
  return links.findLast((link) => link.epoch <= epoch)?.name ?? name;
}

/** The keys after the latest held one, up to and with `lastEpoch`, as far as what they are made of is known. */
export function* ratchet(
  federation: string,
  chain: Chain,
  latest: number,
  lastEpoch: number,
): Generator<[number, Uint8Array]> {
  let key: Uint8Array | null = chain.keys.get(latest)!;
  for (let epoch = latest + 1; epoch <= lastEpoch; epoch++) {
    key = nextKey(federation, chain, key, epoch);
    if (!key) return;
    yield [epoch, key];
  }
}

/** Null where fresh entropy is missing, is not what was announced, or may still be announced otherwise. */
function nextKey(federation: string, chain: Chain, key: Uint8Array, epoch: number): Uint8Array | null {
  if (!isDecided(chain, epoch)) return null;
  const place = { federation, chain: chainOf(chain, epoch - 1), epoch };
  const link = chain.links.find((one) => one.epoch === epoch);
  if (!link) return nextEpochKey(key, place);
  if (!link.fresh) return null;
  const next = nextEpochKey(key, { ...place, entropy: link.fresh });
  return keyCheckValue(next) === link.check && chainName(next) === link.name ? next : null;
}

function isDecided({ decidedThrough }: Chain, epoch: number): boolean {
  return decidedThrough === null || epoch <= decidedThrough;
}

/** Entropy that was mixed in is dropped, and so are names that nobody asks for any more. */
export function withoutSpent(chain: Chain, latest: number): Chain {
  const dropped = chain.links.slice(0, Math.max(0, chain.links.length - LINKS_MAX));
  const links = chain.links
    .slice(dropped.length)
    .map((link) => (link.epoch <= latest && link.fresh ? { ...link, fresh: null } : link));
  return { ...chain, name: dropped.at(-1)?.name ?? chain.name, links };
}

/**
 * What was announced since: links to epochs whose keys are not made yet take the place of those that were known, and
 * keep their entropy where it is the same link.
 */
export function withLinks(
  chain: Chain,
  announced: readonly ChainLink[],
  decidedThrough: number | null,
): Chain {
  const made = Math.max(-1, ...chain.keys.keys());
  const old = chain.links.filter(({ epoch }) => epoch <= made);
  const added = announced
    .filter(({ epoch }) => epoch > made)
    .map((link) => keepingEntropy(link, chain.links));
  return { ...chain, links: [...old, ...added].sort((a, b) => a.epoch - b.epoch), decidedThrough };
}

function keepingEntropy(link: ChainLink, known: readonly ChainLink[]): ChainLink {
  const same = known.find(
    ({ epoch, name, check }) => epoch === link.epoch && name === link.name && check === link.check,
  );
  return { ...link, fresh: link.fresh ?? same?.fresh ?? null };
}
