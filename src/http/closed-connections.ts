import type { Socket } from 'node:net';

/** Why the server gave up on a connection: what is counted, and what docs/OPERATIONS.md explains. */
const CLOSINGS = [
  'request-late',
  'headers-too-large',
  'malformed',
  'exchange-late',
  'answer-unread',
  'too-many-unanswered',
  'too-many-unasked',
  'too-many-idle',
  'too-many',
] as const;
export type Closing = (typeof CLOSINGS)[number];

/** How many connections the server closed of its own accord, and why. */
export class ClosedConnections {
  readonly counts = new Map<Closing, number>(CLOSINGS.map((why) => [why, 0]));

  count(why: Closing): void {
    this.counts.set(why, this.counts.get(why)! + 1);
  }

  drop(socket: Socket, why: Closing): void {
    if (socket.destroyed) return;
    this.count(why);
    drop(socket);
  }
}

/** At once, with what the kernel still has to send. A Unix socket knows no reset. */
export function drop(socket: Socket): void {
  if (socket.remoteFamily === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
