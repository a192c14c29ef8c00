import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StoreUnavailableError, type Visit } from './count-store.js';
import { GroupCommit, type PendingVisits, type Recorded } from './group-commit.js';

const VISIT: Visit = { day: '2026-11-22', hour: null, sightings: [] };

function visits(count: number): Visit[] {
  return Array.from({ length: count }, () => VISIT);
}

/** A store whose every write ends when the test says so. */
class SlowStore {
  readonly writes: { group: readonly PendingVisits[]; end(error?: Error): Promise<void> }[] = [];
  private begun: (() => void) | null = null;

  readonly write = (group: readonly PendingVisits[]): Promise<Recorded[]> =>
    new Promise((resolve, reject) => {
      const end = async (error?: Error) => {
        if (error) reject(error);
        else resolve(group.map(({ idempotencyKey }) => (idempotencyKey === 'old' ? 'repeated' : 'recorded')));
        await settled();
      };
      this.writes.push({ group, end });
      this.begun?.();
    });

  /** Resolves when so many writes have begun. */
  async hasBegun(count: number): Promise<void> {
    while (this.writes.length < count) {
      await new Promise<void>((resolve) => {
        this.begun = resolve;
      });
    }
  }
}

/** All that is already under way has come to its end: promises, and what the event loop does next. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('group commit', () => {
  it('writes all that arrives in one turn of the event loop at once', async () => {
    const store = new SlowStore();
    const commits = new GroupCommit(store.write);
    const recorded = Promise.all(Array.from({ length: 50 }, () => commits.add([VISIT])));
    expect(store.writes).toHaveLength(0);
    await store.hasBegun(1);
    expect(store.writes[0]!.group).toHaveLength(50);
    await store.writes[0]!.end();
    expect(await recorded).toEqual(Array(50).fill('recorded'));
    expect(store.writes).toHaveLength(1);
  });

  it('has one write under way at a time: what arrives meanwhile goes with the next', async () => {
    const store = new SlowStore();
    const commits = new GroupCommit(store.write);
    const first = commits.add([VISIT]);
    await store.hasBegun(1);
    const rest = [commits.add([VISIT])];
    await settled();
    rest.push(commits.add([VISIT]));
    await settled();
    expect(store.writes).toHaveLength(1);
    await store.writes[0]!.end();
    await first;
    expect(store.writes.map(({ group }) => group.length)).toEqual([1, 2]);
    await store.writes[1]!.end();
    expect(await Promise.all(rest)).toEqual(['recorded', 'recorded']);
  });

  it('answers nobody before the write has ended, and each what the store said of it', async () => {
    const store = new SlowStore();
    const commits = new GroupCommit(store.write);
    const answers: string[] = [];
    for (const key of ['new', 'old', null]) {
      void commits.add([VISIT], key).then((answer) => answers.push(`${key}: ${answer}`));
    }
    await store.hasBegun(1);
    await settled();
    expect(answers).toEqual([]);
    await store.writes[0]!.end();
    expect(answers).toEqual(['new: recorded', 'old: repeated', 'null: recorded']);
  });

  it('rejects all of a failed write, and nobody else', async () => {
    const store = new SlowStore();
    const commits = new GroupCommit(store.write);
    const failed = Promise.allSettled([commits.add([VISIT]), commits.add(visits(3))]);
    await store.hasBegun(1);
    const next = commits.add([VISIT]);
    await store.writes[0]!.end(new StoreUnavailableError('the disk is full'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await store.hasBegun(2);
    await store.writes[1]!.end();
    expect(await next).toBe('recorded');
  });

  it('refuses at once what is too much, and takes visits again when there is room', async () => {
    const store = new SlowStore();
    const commits = new GroupCommit(store.write, 10);
    const underWay = commits.add(visits(10));
    await store.hasBegun(1);
    const waiting = commits.add(visits(8));
    await expect(commits.add(visits(3))).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    const fitting = commits.add(visits(2));
    await expect(commits.add([VISIT])).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    await store.writes[0]!.end();
    await store.writes[1]!.end();
    expect(await Promise.all([underWay, waiting, fitting])).toEqual(Array(3).fill('recorded'));
    const after = commits.add(visits(10));
    await store.hasBegun(3);
    await store.writes[2]!.end();
    expect(await after).toBe('recorded');
    expect(store.writes.map(({ group }) => group.flatMap((each) => each.visits).length)).toEqual([
      10, 10, 10,
    ]);
  });

  it('is idle when nothing waits and nothing is under way', async () => {
    const store = new SlowStore();
    const commits = new GroupCommit(store.write);
    await commits.idle();
    let isIdle = false;
    const first = commits.add([VISIT]);
    await store.hasBegun(1);
    const refused = expect(commits.add([VISIT])).rejects.toThrow('gone');
    const idle = commits.idle().then(() => {
      isIdle = true;
    });
    await store.writes[0]!.end();
    await store.hasBegun(2);
    expect(isIdle).toBe(false);
    await store.writes[1]!.end(new StoreUnavailableError('gone'));
    await idle;
    await refused;
    await first;
  });

  it('writes every visit once and in the order it came, whenever it came', async () => {
    const arrivals = fc.array(fc.record({ count: fc.nat(5), turns: fc.nat(2) }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (plan) => {
        const written: (readonly Visit[])[] = [];
        const commits = new GroupCommit(async (group) => {
          await new Promise((resolve) => setImmediate(resolve));
          written.push(...group.map((each) => each.visits));
          return group.map(() => 'recorded');
        });
        const batches: Visit[][] = [];
        const answers: Promise<Recorded>[] = [];
        for (const { count, turns } of plan) {
          const batch = visits(count);
          batches.push(batch);
          answers.push(commits.add(batch));
          for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        }
        await commits.idle();
        expect(written).toHaveLength(batches.length);
        for (const [index, batch] of batches.entries()) expect(written[index]).toBe(batch);
        expect(await Promise.all(answers)).toEqual(batches.map(() => 'recorded'));
      }),
      { numRuns: 50 },
    );
  });
});
