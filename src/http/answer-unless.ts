import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** JSON text, or 304 where the caller has it already (RFC 9110, 13.1.2). */
export function answerUnless(known: string | undefined, text: string, reply: FastifyReply): void {
  const etag = `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
  reply.header('etag', etag);
  if (known === etag) reply.code(304).send();
  else reply.type('application/json; charset=utf-8').send(text);
}
