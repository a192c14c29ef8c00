import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What strangers may keep open, and for how long. */
export interface ServerLimits {
  /** Until the last header of a request is there, counted from the connection or the request before. */
  headersMs: number;
  /** Until the last byte of a request is there. */
  requestMs: number;
  /** From when an answer is ready until its last byte has left. */
  answerMs: number;
  /** Requests of one connection that were not answered yet: who sends more without reading is thrown out. */
  unansweredMax: number;
  /** How often headers and requests are looked at. */
  checkMs: number;
  /** A connection on which nothing moves, either way. */
  silentMs: number;
  /** Connections without a request under way: of more, those go first that have waited longest. */
  idleMax: number;
  /** Connections in all. */
  connectionsMax: number;
}

export const defaultServerLimits: ServerLimits = {
  headersMs: 10_000,
  requestMs: 15_000,
  answerMs: 15_000,
  unansweredMax: 32,
  checkMs: 1000,
  silentMs: 80_000,
  idleMax: 2000,
  connectionsMax: 20_000,
};

/** The options of Fastify that these limits are. */
export function serverOptions({ headersMs, requestMs, checkMs, silentMs }: ServerLimits) {
  return {
    requestTimeout: requestMs,
    connectionTimeout: silentMs,
    http: { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: checkMs },
  };
}

/**
 * Closes the connections that have been idle longest when there are too many: whoever opens thousands and says nothing
 * takes places from nobody who does. A browser whose idle connection is closed opens another one.
 */
export function boundConnections(server: Server, limits: ServerLimits): void {
  const { idleMax, connectionsMax } = limits;
  // In the order in which they became idle.
  const idle = new Set<Socket>();
  const rest = (socket: Socket) => {
    if (socket.destroyed) return;
    idle.add(socket);
    if (idle.size <= idleMax) return;
    const [longest] = idle;
    idle.delete(longest!);
    longest!.destroy();
  };
  server.maxConnections = connectionsMax;
  server.on('connection', (socket: Socket) => {
    socket.once('close', () => idle.delete(socket));
    rest(socket);
  });
  const unanswered = new WeakMap<Socket, number>();
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    idle.delete(socket);
    const waiting = (unanswered.get(socket) ?? 0) + 1;
    unanswered.set(socket, waiting);
    response.once('close', () => {
      const left = unanswered.get(socket)! - 1;
      unanswered.set(socket, left);
      if (left === 0) rest(socket);
    });
    if (waiting > limits.unansweredMax) drop(socket);
    else boundAnswer(response, socket, limits.answerMs);
  });
}

/** Whoever reads one byte a second, or none, does not keep an answer in memory. What is still being written may go on. */
function boundAnswer(response: ServerResponse, socket: Socket, answerMs: number): void {
  response.once('prefinish', () => {
    const deadline = setTimeout(() => drop(socket), answerMs).unref();
    for (const end of ['finish', 'close']) response.once(end, () => clearTimeout(deadline));
  });
}

/** At once, with what the kernel still has to send. A Unix socket knows no reset. */
export function drop(socket: Socket): void {
  if (socket.remoteFamily === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
