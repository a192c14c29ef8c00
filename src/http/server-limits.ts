import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ClosedConnections, Closing } from './closed-connections.js';
import { Connection, ConnectionLine } from './connection-line.js';
import { UnreadAnswers } from './unread-answers.js';

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
  /** Connections that have not asked, or were answered before all had come: of more, those go that have waited longest. */
  unaskedMax: number;
  /** Connections whose requests were all answered: of more, those go that have waited longest. */
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
  unaskedMax: 64,
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

const CONNECTION = Symbol('connection');
/** Found without a table: one whose keys come and go by the thousand costs the collector more than they do. */
type KnownSocket = Socket & { [CONNECTION]: Connection };

/** Keeps them where Fastify has no option for it. */
export function boundConnections(server: Server, limits: ServerLimits, closed: ClosedConnections): void {
  const unasked = new ConnectionLine(limits.unaskedMax, () => closed.count('too-many-unasked'));
  const idle = new ConnectionLine(limits.idleMax, () => closed.count('too-many-idle'));
  const answers = new UnreadAnswers(limits.answerMs, limits.unreadBytesMax, closed);
  server.maxConnections = limits.connectionsMax;
  server.on('drop', () => closed.count('too-many'));
  server.prependListener('clientError', (error: NodeJS.ErrnoException) => {
    const why = closingOf(error);
    if (why) closed.count(why);
  });
  server.on('connection', (socket: KnownSocket) => {
    const connection = new Connection(socket);
    socket[CONNECTION] = connection;
    socket.once('close', () => connection.line?.leave(connection));
    unasked.join(connection);
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const socket = request.socket as KnownSocket;
    const connection = socket[CONNECTION];
    connection.line?.leave(connection);
    connection.unanswered += 1;
    response.once('close', () => {
      connection.unanswered -= 1;
      if (connection.unanswered === 0 && !socket.destroyed)
        (request.complete ? idle : unasked).join(connection);
    });
    if (connection.unanswered > limits.unansweredMax) closed.drop(socket, 'too-many-unanswered');
    else answers.watch(response, socket);
  });
}

/** What the server answers before it closes: 408, 431 or 400. Nothing where the other side has closed. */
function closingOf({ code }: NodeJS.ErrnoException): Closing | null {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-late';
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  return code?.startsWith('HPE_') ? 'malformed' : null;
}
