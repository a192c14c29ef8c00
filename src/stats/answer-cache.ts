import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../clock/clock.js';
import { MomentCache } from '../http/moment-cache.js';

/** An answer as it is sent. The ETag stays the same while only `asOf` moves. */
export interface Answer {
  body: string;
  etag: string;
}

/** Keeps the newest answers for a moment. */
export class AnswerCache {
  private readonly kept: MomentCache<Answer>;

  constructor(clock: Clock, ageMs?: number) {
    this.kept = new MomentCache(clock, ageMs);
  }

  answer<T extends { asOf: string }>(name: string, compute: () => Promise<T>): Promise<Answer> {
    return this.kept.get(name, () => compute().then(toAnswer));
  }
}

function toAnswer(value: { asOf: string }): Answer {
  const hash = createHash('sha256').update(JSON.stringify({ ...value, asOf: '' }));
  return { body: JSON.stringify(value), etag: `W/"${hash.digest('base64url').slice(0, 22)}"` };
}

/** 304 where nothing but the time has changed since the ETag that the caller knows. */
export function sendAnswer(reply: FastifyReply, answer: Answer, known: string | undefined): void {
  reply.header('etag', answer.etag);
  if (known === answer.etag) reply.code(304).send();
  else reply.type('application/json; charset=utf-8').send(answer.body);
}
