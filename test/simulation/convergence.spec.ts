import { expect, it } from '@jest/globals';
import { converge } from './convergence.js';
import { exchangeBytes } from './exchange-bytes.js';

it('what is new reaches every node of a mesh where calls are lost and nodes are away', async () => {
  const mesh = { nodes: 30, neighbours: 10, origins: 3, offline: 0.3, loss: 0.2, roundsMax: 25 };
  for (const seed of [1, 2, 3]) {
    const informed = await converge({ ...mesh, seed });
    if (informed.at(-1) !== mesh.nodes) throw new Error(`seed ${seed}: ${informed.join(' ')}`);
  }
}, 60_000);

it('a round in which nothing is new takes less than a kilobyte of bodies', async () => {
  const { hours, idleRound } = await exchangeBytes(500);
  expect(hours.every((bytes) => bytes < 48_000)).toBe(true);
  expect(idleRound).toBeLessThan(1000);
}, 60_000);
