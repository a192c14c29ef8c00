import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ClosedConnections } from './closed-connections.js';

/** Answers that are ready and were not read to their end yet. */
export class UnreadAnswers {
  /** In the order in which they became ready. */
  private readonly waiting = new Map<ServerResponse, { socket: Socket; bytes: number }>();
  private sum = 0;

  /**
   * @param answerMs From when an answer is ready until its last byte has left.
   * @param bytesMax Of all of them together: of more, those go first that have waited longest.
   */
  constructor(
    private readonly answerMs: number,
    private readonly bytesMax: number,
    private readonly closed: ClosedConnections,
  ) {}

  /** Whoever reads one byte a second, or none, does not keep it in memory. What is still being written may go on. */
  watch(response: ServerResponse, socket: Socket): void {
    response.once('prefinish', () => {
      const deadline = setTimeout(() => this.closed.drop(socket, 'answer-unread'), this.answerMs).unref();
      this.add(response, socket);
      for (const end of ['finish', 'close']) {
        response.once(end, () => {
          clearTimeout(deadline);
          this.remove(response);
        });
      }
    });
  }

  private add(response: ServerResponse, socket: Socket): void {
    const bytes = response.writableLength;
    if (bytes === 0) return;
    this.waiting.set(response, { socket, bytes });
    this.sum += bytes;
    for (const [longest, { socket: unread }] of this.waiting) {
      if (this.sum <= this.bytesMax) break;
      this.remove(longest);
      this.closed.drop(unread, 'answer-unread');
    }
  }

  private remove(response: ServerResponse): void {
    this.sum -= this.waiting.get(response)?.bytes ?? 0;
    this.waiting.delete(response);
  }
}
