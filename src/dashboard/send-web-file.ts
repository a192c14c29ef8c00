import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from '../http/problem.js';
import { bestEncoding, type WebFile } from './web-files.js';

/** Sends the file as it was compressed when it was built; 304 to whoever has it. */
export function sendWebFile(
  request: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  file: WebFile | null,
  headers: Readonly<Record<string, string>>,
): void {
  if (!file) throw new ProblemError('not-found', 'There is no such page. `npm run build` builds the pages.');
  const encoding = bestEncoding(file, request.headers['accept-encoding']);
  reply.header('vary', 'accept-encoding').headers(headers).header('etag', file.etag).type(file.type);
  if (request.headers['if-none-match'] === file.etag) {
    reply.code(304).send();
    return;
  }
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  reply.send(file.bodies.get(encoding));
}
