import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** JSON text, and the tag by which whoever has it already says so (RFC 9110, 13.1.2). */
export class TaggedJson {
  private readonly body: Buffer;
  private readonly etag: string;

  constructor(text: string) {
    this.body = Buffer.from(text);
    this.etag = `"${createHash('sha256').update(this.body).digest('hex').slice(0, 32)}"`;
  }

  /** 304 where the caller has it. */
  answerUnless(known: string | undefined, reply: FastifyReply): void {
    reply.header('etag', this.etag);
    if (known === this.etag) reply.code(304).send();
    else reply.type('application/json; charset=utf-8').send(this.body);
  }
}
