import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { HeldPulls } from '../federation/held-pulls.js';
import { approveAll, freeUrl, peersOf, RealNodes, share, totalOf, until } from '../federation/real-nodes.js';
import { wordsOf } from './headcount.js';

let nodes: RealNodes;
let pulls: HeldPulls;
beforeEach(async () => {
  [nodes, pulls] = await Promise.all([RealNodes.open(), HeldPulls.open()]);
});
afterEach(async () => {
  await pulls.close();
  await nodes.close();
});

it('headcount status shows how far the first catch-up has come, until it is over', async () => {
  const ofPeer = { HEADCOUNT_ROLE: 'peer', HEADCOUNT_SKETCH_MINIMUM: '0' };
  // Knows nobody whom it could bring what it has.
  const ofOld = { ...ofPeer, HEADCOUNT_PUBLIC_URL: pulls.url, HEADCOUNT_PEERS: await freeUrl() };
  const old = await nodes.start('old', ofOld);
  pulls.target = old.url;
  const address = await freeUrl();
  const young = await nodes.start(
    'young',
    { ...ofPeer, HEADCOUNT_PUBLIC_URL: address, HEADCOUNT_PEERS: pulls.url },
    address,
  );
  await share(old, [young]);
  await old.visit('alice');
  await until([old], async () => (await totalOf(old)).uniques.estimate === 1);
  await until([], async () => (await peersOf(old)).length === 1);
  await approveAll(old);
  await pulls.asked;
  const exchangeLine = new RegExp(
    `^exchange +${pulls.url} .*, catching up: day 1 of 1, 0 reports so far`,
    'm',
  );
  expect(await wordsOf(young, 'status')).toMatch(exchangeLine);
  pulls.letGo();
  await until([young], async () => (await totalOf(young)).uniques.estimate === 1);
  expect(await wordsOf(young, 'status')).toMatch(/^exchange +\S+ in step(?!.*catching up)/m);
}, 240_000);
