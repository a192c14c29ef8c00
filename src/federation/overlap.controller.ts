import { randomInt } from 'node:crypto';
import {
  Controller,
  Get,
  Header,
  Headers,
  Inject,
  Query,
  Req,
  Res,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../clock/clock.js';
import { isoSeconds } from '../clock/day.js';
import type { Config } from '../config/config.js';
import { ClientAddress, callerOf } from '../http/client-address.js';
import { ProblemError } from '../http/problem.js';
import { RateLimit } from '../http/rate-limit.js';
import { CLOCK, CONFIG } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import { AnswerCache, sendAnswer } from '../stats/answer-cache.js';
import { OpenCountsGuard } from '../stats/open-counts.guard.js';
import { PrivateWhenClosed } from '../stats/private-when-closed.js';
import { FederationNode } from './core/federation-node.js';
import { overlapSchema } from './judgement.openapi.js';

const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a node id has 43 characters');
const WINDOW_DAYS = { '1d': 1, '7d': 7, '30d': 30 } as const;
const query = z
  .strictObject({ a: nodeId, b: nodeId, window: z.enum(['1d', '7d', '30d']).default('30d') })
  .refine(({ a, b }) => a !== b, { path: ['b'], message: 'two different nodes' });
/** An answer that is not kept costs some tens of milliseconds. */
const QUESTIONS_PER_MINUTE = 60;
const KEPT_MS = 60_000;

/** How many people two instances share, for everyone, of instances that agreed to be shown. */
@ApiTags('stats')
@Controller('v1/overlap')
@UseGuards(OpenCountsGuard)
@UseInterceptors(PrivateWhenClosed)
export class OverlapController {
  private readonly cache: AnswerCache;
  private readonly limit = new RateLimit(QUESTIONS_PER_MINUTE, randomInt(2 ** 32));
  private readonly addresses: ClientAddress;

  constructor(
    private readonly node: FederationNode,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: Config,
  ) {
    this.cache = new AnswerCache(clock, KEPT_MS);
    this.addresses = new ClientAddress(config.trustProxy);
  }

  @Get()
  @Header('cache-control', 'public, max-age=60, stale-while-revalidate=300')
  @Header('access-control-allow-origin', '*')
  @ApiOperation({ summary: 'How many people two listed instances share, with interval' })
  @ApiQuery({ name: 'a', description: 'Node id' })
  @ApiQuery({ name: 'b', description: 'Node id' })
  @ApiQuery({ name: 'window', required: false, enum: ['1d', '7d', '30d'], description: 'default 30d' })
  @ApiResponse({ status: 200, description: 'The overlap, or why there is no figure', schema: overlapSchema })
  @ApiResponse({ status: 304, description: 'Nothing but the time has changed since the ETag sent' })
  @ApiResponse({ status: 404, description: 'No such listed instance, or no ledger on this node' })
  @ApiResponse({ status: 429, description: 'Too many questions from this address' })
  async overlap(
    @Req() request: FastifyRequest,
    @Query(new ZodPipe(query)) { a, b, window }: z.infer<typeof query>,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.refuseTooMany(request);
    for (const [field, node] of Object.entries({ a, b })) this.demandListed(field, node);
    const name = `${a} ${b} ${window}`;
    const answer = await this.cache.answer(name, async () => {
      const overlap = await this.node.overlaps.between(a, b, WINDOW_DAYS[window]);
      return { window, ...overlap, asOf: isoSeconds(this.clock.nowMs()) };
    });
    sendAnswer(reply, answer, known);
  }

  private demandListed(field: string, node: string): void {
    const rows = this.node.publishes ? this.node.board.instances() : [];
    if (rows.some((row) => row.node === node && row.listed)) return;
    throw new ProblemError('not-found', 'No listed instance of that id reports to this node.', { field });
  }

  private refuseTooMany(request: FastifyRequest): void {
    const address = this.addresses.ofRequest(request);
    const nowMs = this.clock.nowMs();
    if (address === null || this.limit.allows(callerOf(address), nowMs)) return;
    throw new ProblemError('rate-limited', 'Too many questions from this address in this minute.', {
      retryAfterS: this.limit.retryAfterS(nowMs),
    });
  }
}
