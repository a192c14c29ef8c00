import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../clock/clock.js';
import { addDays } from '../clock/day.js';
import type { Role } from '../config/config.js';
import { epochOf, firstDayOfEpoch } from '../identity/epoch-calendar.js';
import { KeyHolder } from '../keys/key-holder.js';
import { signCard } from '../protocol/card.js';
import { NodeKey } from '../protocol/node-key.js';
import { MemoryPeerStore } from '../storage/memory/memory-peer-store.js';
import { reportTerms } from './report-terms.js';

const TODAY = '2026-11-22';
const clock = new ManualClock(Date.parse(`${TODAY}T12:00:00Z`));
const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
const file = { read: async () => null, replace: async () => undefined };
const keyHolder = () => KeyHolder.open({ file, clock, random, scheme: 'ip/1', blind: false });

/** A store that knows a hub which counts a site of its own, or not; null: none yet. */
async function peersWith(hubCounts: boolean | null): Promise<MemoryPeerStore> {
  const peers = new MemoryPeerStore();
  if (hubCounts === null) return peers;
  const key = NodeKey.generate();
  const software = { name: 'x', version: '1' };
  const fields = { name: null, url: null, software, listed: false, counting: hubCounts, version: 1 };
  await peers.put({
    nodeId: key.nodeId,
    role: 'hub',
    status: 'active',
    statusSinceMs: 0,
    pin: 'configured',
    url: 'https://hub.example',
    card: signCard(fields, key),
    lastSeenMs: null,
    lastDeliveryMs: null,
    lastError: null,
    lastErrorMs: null,
    contradiction: null,
    via: [],
  });
  return peers;
}

describe('reportTerms', () => {
  it.each<[string, Role, boolean | null, number | null, number]>([
    ['a stand-alone node', 'standalone', null, null, 0],
    ['a member of a blind hub', 'member', false, null, 0],
    ['a member of a hub that counts', 'member', true, null, 100],
    ['a member that has not met its hub', 'member', null, null, 100],
    ['a peer', 'peer', null, null, 100],
    ['a hub that counts', 'hub', null, null, 0],
    ['a peer whose operator lowered it', 'peer', null, 0, 0],
    ['a member whose operator raised it', 'member', false, 500, 500],
  ])('the least visitors of a sketch: %s', async (_who, role, hubCounts, sketchMinimum, expected) => {
    const config = { counting: true, role, sketchMinimum };
    const terms = await reportTerms(await keyHolder(), config, await peersWith(hubCounts));
    expect(terms?.sketchMinimum).toBe(expected);
  });

  it('names the keys of a day as the keyring does, and knows the last day of an epoch', async () => {
    const keys = await keyHolder();
    const config = { counting: true, role: 'standalone', sketchMinimum: null } as const;
    const terms = (await reportTerms(keys, config, new MemoryPeerStore()))!;
    const { calendar, federation, chain } = keys.current.current;
    const epoch = epochOf(calendar, TODAY);
    expect(terms).toMatchObject({ federation, identity: 'ip/1', firstDay: TODAY });
    expect(terms.keyNames(TODAY)).toEqual([`${chain.name}.${epoch}`, `${chain.name}.${epoch + 1}`]);
    expect(terms.keyNames(TODAY)[0]).toBe(keys.keyOfWindow(TODAY));
    const last = addDays(firstDayOfEpoch(calendar, epoch + 1), -1);
    expect([last, addDays(last, -1), addDays(last, 1)].map(terms.isLastOfEpoch)).toEqual([
      true,
      false,
      false,
    ]);
    expect(terms.keyNames(addDays(calendar.dayZero, -1))[0]).toBe('');
  });

  it('has none on a node that counts no site', async () => {
    const config = { counting: false, role: 'hub', sketchMinimum: null } as const;
    expect(await reportTerms(await keyHolder(), config, new MemoryPeerStore())).toBeNull();
  });
});
