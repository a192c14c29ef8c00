import { describe, expect, it } from '@jest/globals';
import { StoreUnavailableError } from '../count-store.js';
import { SerialQueue } from './serial-queue.js';

function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('SerialQueue', () => {
  it('lets no task begin before the one ahead of it has ended', async () => {
    const queue = new SerialQueue(100);
    const events: string[] = [];
    const task = (name: string) => async () => {
      events.push(`${name} begins`);
      for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
      events.push(`${name} ends`);
    };
    await Promise.all(['a', 'b', 'c'].map((name) => queue.run(task(name))));
    expect(events).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('goes on after a task that failed, and gives the failure to its caller alone', async () => {
    const queue = new SerialQueue(2);
    const failing = queue.run(() => Promise.reject(new Error('mine')));
    const next = queue.run(async () => 'fine');
    await expect(failing).rejects.toThrow('mine');
    expect(await next).toBe('fine');
  });

  it('refuses at once what would wait too long, and takes more when there is room', async () => {
    const queue = new SerialQueue(2);
    const { opened, open } = gate();
    const running = queue.run(() => opened);
    const waiting = queue.run(async () => 'waited');
    await expect(queue.run(async () => 'too many')).rejects.toThrow(StoreUnavailableError);
    open();
    await running;
    expect(await waiting).toBe('waited');
    expect(await queue.run(async () => 'again')).toBe('again');
  });

  it('is idle when all has run', async () => {
    const queue = new SerialQueue(10);
    let isDone = false;
    void queue.run(async () => {
      await new Promise(setImmediate);
      isDone = true;
    });
    await queue.idle();
    expect(isDone).toBe(true);
  });
});
