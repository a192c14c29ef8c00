import { setImmediate as nextPass } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { FairTurns } from './fair-turns.js';

it('lets a crowd work a few at a time, in order, and others in between', async () => {
  const turns = new FairTurns();
  const done: number[] = [];
  const crowd = Array.from({ length: 100 }, async (_, index) => {
    await turns.take();
    done.push(index);
  });
  let most = 0;
  for (let before = 0; done.length < 100; before = done.length) {
    await nextPass();
    most = Math.max(most, done.length - before);
  }
  await Promise.all(crowd);
  expect(done).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(most).toBeLessThanOrEqual(8);
});
