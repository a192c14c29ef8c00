import { Socket } from 'node:net';
import { setImmediate as nextPass } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Connection, ConnectionLine } from './connection-line.js';

const MAX = 3;

let closed = 0;
const noteClosing = () => {
  closed += 1;
};
beforeEach(() => {
  closed = 0;
});

async function passes(count: number) {
  for (let pass = 0; pass < count; pass++) await nextPass();
}

function crowd(count: number): Connection[] {
  return Array.from({ length: count }, () => new Connection(new Socket()));
}

/** A line, and so many that came into it together. */
function joined(count: number) {
  const line = new ConnectionLine(MAX, noteClosing);
  const connections = crowd(count);
  for (const connection of connections) line.join(connection);
  return { line, connections };
}

const openOf = (connections: readonly Connection[]) => connections.map(({ socket }) => !socket.destroyed);

describe('a line of connections', () => {
  it('closes those that have waited longest when there are too many', async () => {
    const { line, connections } = joined(5);
    await passes(3);
    expect(openOf(connections)).toEqual([false, false, true, true, true]);
    expect(closed).toBe(2);
    expect(connections.map((connection) => connection.line)).toEqual([null, null, line, line, line]);
  });

  it('counts none that had closed by itself', async () => {
    const { connections } = joined(4);
    connections[0]!.socket.destroy();
    await passes(3);
    expect(openOf(connections)).toEqual([false, true, true, true]);
    expect(closed).toBe(0);
  });

  it('leaves those that come together a pass to ask in', async () => {
    const { line, connections } = joined(5);
    await passes(1);
    expect(openOf(connections)).toEqual([true, true, true, true, true]);
    for (const connection of connections.slice(0, 2)) line.leave(connection);
    await passes(3);
    expect(openOf(connections)).toEqual([true, true, true, true, true]);
  });

  it('closes a crowd a few at a time, to the last that is too many', async () => {
    const { connections } = joined(100);
    await passes(3);
    const open = () => openOf(connections).filter(Boolean).length;
    expect(open()).toBeLessThan(100);
    expect(open()).toBeGreaterThan(50);
    await passes(100);
    expect(openOf(connections)).toEqual([...Array(97).fill(false), true, true, true]);
  });

  it.each([0, 1, 2])(
    'keeps the order when number %i leaves, and puts it last when it comes again',
    async (index) => {
      const line = new ConnectionLine(MAX, noteClosing);
      const connections = crowd(MAX);
      for (const connection of connections) line.join(connection);
      const [one] = connections.splice(index, 1);
      line.leave(one!);
      line.join(one!);
      const order = [...connections, one!];
      for (const { socket } of order) {
        line.join(new Connection(new Socket()));
        await passes(3);
        expect(socket.destroyed).toBe(true);
      }
    },
  );

  it('takes a connection out of the line in which it was', async () => {
    const [first, second] = [new ConnectionLine(1, noteClosing), new ConnectionLine(1, noteClosing)];
    const [one, other] = crowd(2);
    first.join(one!);
    second.join(one!);
    expect(one!.line).toBe(second);
    first.join(other!);
    await passes(3);
    expect(openOf([one!, other!])).toEqual([true, true]);
  });
});
