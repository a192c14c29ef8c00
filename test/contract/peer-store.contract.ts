import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Peer } from '../../src/storage/peer-store.js';
import type { Records } from '../../src/storage/records.js';
import type { MakeHarness, RecordsHarness } from './records-harness.js';

function peerNamed(nodeId: string): Peer {
  return {
    nodeId,
    role: 'member',
    status: 'pending',
    statusSinceMs: 1_795_305_600_123,
    pin: 'join',
    url: null,
    card: '{"payload" : "e30="}',
    lastSeenMs: null,
    lastDeliveryMs: null,
    lastError: null,
    lastErrorMs: null,
    contradiction: null,
    via: [],
  };
}

export function peerStoreContract(name: string, makeHarness: MakeHarness): void {
  describe(`PeerStore contract: ${name}`, () => {
    let harness: RecordsHarness;
    let records: Records;

    beforeEach(async () => {
      harness = await makeHarness();
      records = await harness.open();
    });

    afterEach(async () => {
      await records.close();
      await harness.dispose();
    });

    it('knows no one at first', async () => {
      expect(await records.peers.peer('a')).toBeNull();
      expect(await records.peers.peers()).toEqual([]);
      await records.peers.remove('a');
    });

    it('replaces all that was known of a peer, back to null too', async () => {
      const met: Peer = {
        ...peerNamed('a'),
        url: 'https://a.example',
        lastSeenMs: Number.MAX_SAFE_INTEGER,
        lastError: 'connect ECONNREFUSED',
        lastErrorMs: 5,
        contradiction: '{"reports":[]}',
      };
      await records.peers.put(met);
      expect(await records.peers.peer('a')).toEqual(met);
      const approved: Peer = { ...peerNamed('a'), status: 'active', role: 'peer', pin: 'configured' };
      await records.peers.put(approved);
      await records.peers.put(approved);
      expect(await records.peers.peers()).toEqual([approved]);
    });

    it('lists by node id, as text compares', async () => {
      for (const nodeId of ['b', 'a', '-', '_', 'B']) await records.peers.put(peerNamed(nodeId));
      const listed = (await records.peers.peers()).map(({ nodeId }) => nodeId);
      expect(listed).toEqual(['-', 'B', '_', 'a', 'b']);
    });

    it('forgets one and keeps the others', async () => {
      await records.peers.put(peerNamed('a'));
      await records.peers.put(peerNamed('b'));
      await records.peers.remove('a');
      await records.peers.remove('a');
      expect(await records.peers.peers()).toEqual([peerNamed('b')]);
    });

    it('does not notice when a caller changes what he gave or got', async () => {
      const given = peerNamed('a');
      await records.peers.put(given);
      given.status = 'active';
      (await records.peers.peers())[0]!.status = 'removed';
      expect((await records.peers.peer('a'))?.status).toBe('pending');
    });

    it('takes hostile text as text', async () => {
      const peer = { ...peerNamed(`'; DROP TABLE peers; --`), lastError: '%s $1 ? :name "\u0000\u{1F600}' };
      await records.peers.put(peer);
      expect(await records.peers.peer(peer.nodeId)).toEqual(peer);
    });

    it('takes 200 changes at the same time', async () => {
      const ids = Array.from({ length: 200 }, (_, index) => String(index).padStart(3, '0'));
      await Promise.all(ids.map((nodeId) => records.peers.put(peerNamed(nodeId))));
      expect((await records.peers.peers()).map(({ nodeId }) => nodeId)).toEqual(ids);
    });

    it('gives the same after a restart', async () => {
      if (harness.reopen === null) return;
      await records.peers.put(peerNamed('a'));
      records = await harness.reopen(records);
      expect(await records.peers.peers()).toEqual([peerNamed('a')]);
    });
  });
}
