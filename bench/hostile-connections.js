// What a hostile program notes of its connections, and prints when it is ended.

export class Connections {
  open = 0;
  taken = 0;
  longestMs = 0;
  startedMs = new Map();

  /** @param places How many clients or servers there are. */
  constructor(places) {
    process.once('SIGTERM', () => {
      for (const socket of this.startedMs.keys()) this.end(socket);
      console.log(`@ ${JSON.stringify({ places, taken: this.taken, longestMs: this.longestMs })}`);
      process.exit(0);
    });
  }

  add(socket) {
    this.open += 1;
    this.taken += 1;
    this.startedMs.set(socket, performance.now());
    socket.once('close', () => {
      this.open -= 1;
      this.end(socket);
    });
  }

  end(socket) {
    this.longestMs = Math.max(this.longestMs, performance.now() - this.startedMs.get(socket));
    this.startedMs.delete(socket);
  }
}
