import type { Socket } from 'node:net';

/** Of a connection some hundredths of a millisecond each. */
const CLOSED_A_PASS = 8;

/**
 * Connections without a request under way, of which those that have waited longest go when there are too many: whoever
 * opens thousands and says nothing takes places from nobody who does. A browser whose idle connection is closed opens
 * another one.
 */
export class IdleConnections {
  /** In the order in which they became idle. */
  private readonly idle = new Set<Socket>();
  private isClosing = false;

  constructor(private readonly max: number) {}

  add(socket: Socket): void {
    if (socket.destroyed) return;
    this.idle.add(socket);
    if (this.idle.size > this.max && !this.isClosing) this.closeSoon();
  }

  delete(socket: Socket): void {
    this.idle.delete(socket);
  }

  /** They come in crowds, and go a few in each pass of the event loop: a visit waits for those alone. */
  private closeSoon(): void {
    this.isClosing = true;
    setImmediate(this.closeSome);
  }

  private readonly closeSome = (): void => {
    this.isClosing = false;
    for (let closed = 0; closed < CLOSED_A_PASS && this.idle.size > this.max; closed++) {
      const [longest] = this.idle;
      this.idle.delete(longest!);
      longest!.destroy();
    }
    if (this.idle.size > this.max) this.closeSoon();
  };
}
