import type { Socket } from 'node:net';

/** Of a connection some hundredths of a millisecond each. */
const CLOSED_A_PASS = 4;

/** A connection, and its place in the line in which it waits. */
export class Connection {
  line: ConnectionLine | null = null;
  earlier: Connection | null = null;
  later: Connection | null = null;
  /** Requests of it that were not answered yet. */
  unanswered = 0;

  constructor(readonly socket: Socket) {}
}

/**
 * Connections that wait for the same thing. When there are more than so many, those go that have waited longest: whoever
 * opens thousands takes places only from those that do as little. A browser whose idle connection is closed opens another
 * one.
 *
 * A linked list that forgets who leaves: a Set keeps what left it in its former tables, which the collector of young
 * objects takes for alive when they are old, and then copies thousands of closed connections at each turn.
 */
export class ConnectionLine {
  private longest: Connection | null = null;
  private latest: Connection | null = null;
  private length = 0;
  private isClosing = false;

  /** @param onClose Called for each connection that goes. */
  constructor(
    private readonly max: number,
    private readonly onClose: () => void,
  ) {}

  /** At its end, and out of the line in which it was. */
  join(connection: Connection): void {
    connection.line?.leave(connection);
    connection.line = this;
    connection.earlier = this.latest;
    if (this.latest) this.latest.later = connection;
    else this.longest = connection;
    this.latest = connection;
    this.length += 1;
    if (this.length > this.max && !this.isClosing) this.closeSoon();
  }

  leave(connection: Connection): void {
    const { earlier, later } = connection;
    if (earlier) earlier.later = later;
    else this.longest = later;
    if (later) later.earlier = earlier;
    else this.latest = earlier;
    connection.line = connection.earlier = connection.later = null;
    this.length -= 1;
  }

  /** They come in crowds, and go a few in each pass of the event loop: a visit waits for those alone. */
  private closeSoon(): void {
    this.isClosing = true;
    setImmediate(setImmediate, this.closeSome);
  }

  private readonly closeSome = (): void => {
    this.isClosing = false;
    for (let closed = 0; closed < CLOSED_A_PASS && this.length > this.max; closed++) {
      const connection = this.longest!;
      this.leave(connection);
      if (!connection.socket.destroyed) this.onClose();
      connection.socket.destroy();
    }
    if (this.length > this.max) this.closeSoon();
  };
}
