import {
  Controller,
  Get,
  Header,
  Headers,
  Inject,
  Query,
  Res,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../clock/clock.js';
import { isoSeconds } from '../clock/day.js';
import { CLOCK } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import { AnswerCache, sendAnswer } from './answer-cache.js';
import { CountsService } from './counts.service.js';
import { CountsNow } from './counts-now.js';
import { OpenCountsGuard } from './open-counts.guard.js';
import { PrivateWhenClosed } from './private-when-closed.js';
import { countsSchema, historySchema, instancesSchema, nowSchema } from './stats.openapi.js';

const scope = z
  .union([z.enum(['local', 'global']), z.string().regex(/^instance:[A-Za-z0-9_-]{43}$/)])
  .default('global');
const countsQuery = z.strictObject({ scope, window: z.enum(['1d', '7d', '30d', 'all']).default('30d') });
const historyQuery = z.strictObject({
  scope: z.enum(['local', 'global']).default('global'),
  days: z.coerce.number().int().min(1).max(400).default(30),
});

const CACHE = 'public, max-age=60, stale-while-revalidate=300';

@ApiTags('stats')
@Controller('v1')
@UseGuards(OpenCountsGuard)
@UseInterceptors(PrivateWhenClosed)
export class StatsController {
  private readonly cache: AnswerCache;

  constructor(
    private readonly counts: CountsService,
    private readonly countsNow: CountsNow,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.cache = new AnswerCache(clock);
  }

  @Get('counts')
  @Header('cache-control', CACHE)
  @Header('access-control-allow-origin', '*')
  @ApiOperation({ summary: 'How many different people, with interval, in a window and scope' })
  @ApiQuery({
    name: 'scope',
    required: false,
    description: '`global` (default), `local` or `instance:<node id>`',
  })
  @ApiQuery({ name: 'window', required: false, enum: ['1d', '7d', '30d', 'all'], description: 'default 30d' })
  @ApiResponse({ status: 200, description: 'The count and what it means', schema: countsSchema })
  @ApiResponse({ status: 304, description: 'Nothing but the time has changed since the ETag sent' })
  async getCounts(
    @Query(new ZodPipe(countsQuery)) query: z.infer<typeof countsQuery>,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const name = `${query.scope} ${query.window}`;
    sendAnswer(
      reply,
      await this.cache.answer(name, () => this.counts.counts(query.scope, query.window)),
      known,
    );
  }

  @Get('now')
  @Header('cache-control', 'no-cache')
  @Header('access-control-allow-origin', '*')
  @ApiOperation({ summary: 'Every window of both scopes at once: what a counter shows' })
  @ApiResponse({ status: 200, description: 'Different people, by scope and window', schema: nowSchema })
  @ApiResponse({ status: 304, description: 'Nothing but the time has changed since the ETag sent' })
  async getNow(
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.cache.answer('now', () => this.countsNow.now()), known);
  }

  @Get('history')
  @Header('cache-control', CACHE)
  @Header('access-control-allow-origin', '*')
  @ApiOperation({ summary: 'Different people of each UTC day, zero-filled, oldest first' })
  @ApiQuery({ name: 'scope', required: false, enum: ['local', 'global'] })
  @ApiQuery({ name: 'days', required: false, description: '1 to 400, default 30' })
  @ApiResponse({ status: 200, description: 'One entry a day', schema: historySchema })
  async getHistory(
    @Query(new ZodPipe(historyQuery)) query: z.infer<typeof historyQuery>,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const name = `history ${query.scope} ${query.days}`;
    sendAnswer(
      reply,
      await this.cache.answer(name, () => this.counts.history(query.scope, query.days)),
      known,
    );
  }

  @Get('instances')
  @Header('cache-control', CACHE)
  @Header('access-control-allow-origin', '*')
  @ApiOperation({ summary: 'The instances of the federation that agreed to be shown' })
  @ApiResponse({ status: 200, description: 'A row per listed instance', schema: instancesSchema })
  async getInstances(
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.cache.answer('instances', () => this.listedInstances()), known);
  }

  private async listedInstances() {
    const unverified = await this.counts.unverifiedInstances();
    const total = this.counts.instances();
    if (!total) return { instances: [], unlisted: 0, unverified, asOf: isoSeconds(this.clock.nowMs()) };
    const instances = total.instances.filter((instance) => instance.listed);
    return { instances, unlisted: total.instances.length - instances.length, unverified, asOf: total.asOf };
  }
}
