import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DroppedHits } from './dropped-hits.js';

const TODAY = '2026-11-22';

function plain(dropped: ReturnType<DroppedHits['take']>): unknown {
  return Object.fromEntries([...dropped].map(([day, reasons]) => [day, Object.fromEntries(reasons)]));
}

describe('dropped hits', () => {
  const flush = jest.fn<() => Promise<unknown>>();
  let dropped: DroppedHits;
  beforeEach(() => {
    jest.useFakeTimers();
    flush.mockReset().mockResolvedValue(undefined);
    dropped = new DroppedHits(flush);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('add up by day and reason until they are taken', () => {
    dropped.add(TODAY, 'bot', 2);
    dropped.add(TODAY, 'bot', 3);
    dropped.add(TODAY, 'too-old', 1);
    dropped.add('2026-11-21', 'bot', 1);
    expect(plain(dropped.take())).toEqual({
      [TODAY]: { bot: 5, 'too-old': 1 },
      '2026-11-21': { bot: 1 },
    });
    expect(dropped.take().size).toBe(0);
  });

  it('ask for one flush a second at most, and for none when nothing was dropped', () => {
    for (let count = 0; count < 1000; count++) dropped.add(TODAY, 'bot', 1);
    jest.advanceTimersByTime(60_000);
    expect(flush).toHaveBeenCalledTimes(1);
    dropped.add(TODAY, 'bot', 1);
    jest.advanceTimersByTime(60_000);
    expect(flush).toHaveBeenCalledTimes(2);
  });

  it('wait for the next flush when one failed, beside what came meanwhile', () => {
    dropped.add(TODAY, 'bot', 2);
    const taken = dropped.take();
    dropped.add(TODAY, 'bot', 1);
    dropped.giveBack(taken);
    expect(plain(dropped.take())).toEqual({ [TODAY]: { bot: 3 } });
  });

  it('ask for nothing once they were stopped, not even when the last flush gave them back', () => {
    dropped.add(TODAY, 'bot', 1);
    dropped.stop();
    dropped.giveBack(dropped.take());
    jest.advanceTimersByTime(60_000);
    expect(flush).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });
});
