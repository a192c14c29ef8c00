import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../clock/clock.js';

/** An answer as it is sent. The ETag stays the same while only `asOf` moves. */
export interface Answer {
  body: string;
  etag: string;
}

interface Kept {
  expiresMs: number;
  answer: Promise<Answer>;
}

/** Keeps the newest answers for a moment: many readers then cost one look at the store. */
export class AnswerCache {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly clock: Clock,
    private readonly ageMs = 1000,
    private readonly answersMax = 256,
  ) {}

  async answer<T extends { asOf: string }>(name: string, compute: () => Promise<T>): Promise<Answer> {
    const nowMs = this.clock.nowMs();
    const known = this.kept.get(name);
    if (known && known.expiresMs > nowMs) return known.answer;
    const answer = compute().then(toAnswer);
    if (this.kept.size >= this.answersMax) this.kept.clear();
    this.kept.set(name, { expiresMs: nowMs + this.ageMs, answer });
    answer.catch(() => this.kept.delete(name));
    return answer;
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
