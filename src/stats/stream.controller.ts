import { randomInt } from 'node:crypto';
import { Controller, Get, Headers, Inject, type OnModuleDestroy, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, CONFIG } from '../http/tokens.js';
import { AnswerCache } from './answer-cache.js';
import { CountStream } from './count-stream.js';
import { CountsNow } from './counts-now.js';
import { OpenCountsGuard } from './open-counts.guard.js';

const RETRY_S = 60;
/** Readers whose node was away come back spread over this time, milliseconds. */
const RETURN_MS = [2_000, 12_000] as const;
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
  'x-content-type-options': 'nosniff',
  // nginx would keep the events until its buffer is full.
  'x-accel-buffering': 'no',
};

@ApiTags('stats')
@Controller('v1')
@UseGuards(OpenCountsGuard)
export class StreamController implements OnModuleDestroy {
  private readonly stream: CountStream;

  constructor(
    countsNow: CountsNow,
    @Inject(CONFIG) private readonly config: Pick<Config, 'streams'>,
    @Inject(CLOCK) clock: Clock,
  ) {
    const cache = new AnswerCache(clock);
    const newest = () => cache.answer('now', () => countsNow.now());
    this.stream = new CountStream({ readersMax: config.streams, newest });
  }

  @Get('stream')
  @ApiOperation({
    summary: 'Server-sent events: what /v1/now answers, at once and whenever it changes',
    description: 'Events are named `counts`. A comment comes at least every 20 s. Takes Last-Event-ID.',
  })
  @ApiResponse({
    status: 200,
    description: 'A stream without an end',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 503, description: 'As many readers as HEADCOUNT_STREAMS allows: ask /v1/now' })
  follow(@Headers('last-event-id') knownId: string | undefined, @Res() reply: FastifyReply): void {
    if (this.stream.isFull) {
      throw new ProblemError('busy', 'No more readers can follow at once. Ask /v1/now instead.', {
        limit: this.config.streams,
        retryAfterS: RETRY_S,
      });
    }
    reply.hijack();
    reply.raw.writeHead(200, HEADERS);
    reply.raw.write(`retry: ${randomInt(...RETURN_MS)}\n\n`);
    void this.stream.add(reply.raw, knownId);
  }

  onModuleDestroy(): void {
    this.stream.close();
  }
}
