import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/** Hands a request on to the framework. */
export type Further = (request: IncomingMessage, response: ServerResponse) => void;

/** A listener that is asked about each request before the framework is. */
export function listenFirst(
  server: Server,
  listen: (request: IncomingMessage, response: ServerResponse, further: Further) => void,
): void {
  const [framework] = server.listeners('request') as RequestListener[];
  if (!framework) throw new Error('the framework listens first of all');
  const further: Further = (request, response) => void framework.call(server, request, response);
  server.off('request', framework);
  server.on('request', (request, response) => listen(request, response, further));
}
