import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { IdleConnections } from './idle-connections.js';
import { drop, UnreadAnswers } from './unread-answers.js';

/** What strangers may keep open, and for how long. */
export interface ServerLimits {
  /** Until the last header of a request is there, counted from the connection or the request before. */
  headersMs: number;
  /** Until the last byte of a request is there. */
  requestMs: number;
  /** From when an answer is ready until its last byte has left. */
  answerMs: number;
  /** Of all answers that are ready and not read yet: of more, those that have waited longest are dropped. */
  unreadBytesMax: number;
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
  unreadBytesMax: 64 * 2 ** 20,
  unansweredMax: 32,
  checkMs: 1000,
  silentMs: 80_000,
  idleMax: 500,
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

/** Keeps them where Fastify has no option for it. */
export function boundConnections(server: Server, limits: ServerLimits): void {
  const idle = new IdleConnections(limits.idleMax);
  const answers = new UnreadAnswers(limits.answerMs, limits.unreadBytesMax);
  server.maxConnections = limits.connectionsMax;
  server.on('connection', (socket: Socket) => {
    socket.once('close', () => idle.delete(socket));
    idle.add(socket);
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
      if (left === 0) idle.add(socket);
    });
    if (waiting > limits.unansweredMax) drop(socket);
    else answers.watch(response, socket);
  });
}
