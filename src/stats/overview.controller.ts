import { Controller, Get, Header, Headers, Inject, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../clock/clock.js';
import { addDays, dayOf, daysBetween, isDay, isoSeconds } from '../clock/day.js';
import { ProblemError } from '../http/problem.js';
import { RequireKey } from '../http/require-key.js';
import { CLOCK } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import { AnswerCache, sendAnswer } from './answer-cache.js';
import { LocalOverview } from './local-overview.js';
import { newPeopleSchema, overviewSchema, periodSchema } from './overview.openapi.js';

const DAYS_MAX = 400;
const day = z.string().refine(isDay, 'a UTC day such as 2026-11-22');
const overviewQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(DAYS_MAX).default(30) });
const newPeopleQuery = z.strictObject({ day });
const periodQuery = z.strictObject({ from: day, to: day }).refine(
  ({ from, to }) => {
    const length = daysBetween(from, to) + 1;
    return length >= 1 && length <= DAYS_MAX;
  },
  { path: ['to'], message: `1 to ${DAYS_MAX} days from the first to the last` },
);
/** Two days of hours are read for an answer. */
const KEPT_MS = 10_000;

/** What this node knows of its own visitors beyond the public figures. */
@ApiTags('analytics')
@ApiBearerAuth()
@RequireKey('overview')
@Controller('v1/analytics')
export class OverviewController {
  private readonly cache: AnswerCache;

  constructor(
    private readonly local: LocalOverview,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.cache = new AnswerCache(clock, KEPT_MS);
  }

  @Get('overview')
  @Header('cache-control', 'private, no-cache')
  @ApiOperation({ summary: 'Today against yesterday by the hour, the last 24 hours, and what was left out' })
  @ApiQuery({ name: 'days', required: false, description: 'Of `dropped`: 1 to 400, default 30' })
  @ApiResponse({ status: 200, description: 'Of this node alone', schema: overviewSchema })
  @ApiResponse({ status: 304, description: 'Nothing but the time has changed since the ETag sent' })
  async overview(
    @Query(new ZodPipe(overviewQuery)) { days }: z.infer<typeof overviewQuery>,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.cache.answer(`overview ${days}`, () => this.answer(days)), known);
  }

  @Get('new-visitors')
  @Header('cache-control', 'private, no-cache')
  @ApiOperation({ summary: 'How many people of a day were not here on the 30 days before' })
  @ApiQuery({ name: 'day', description: 'A UTC day' })
  @ApiResponse({ status: 200, description: 'With the unions it comes from', schema: newPeopleSchema })
  @ApiResponse({ status: 404, description: 'The days lie under different keys and cannot be compared' })
  async newPeople(
    @Query(new ZodPipe(newPeopleQuery)) { day }: z.infer<typeof newPeopleQuery>,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.cache.answer(`new ${day}`, async () => {
      const view = await this.local.newPeople(day);
      if (view) return { ...view, asOf: this.now() };
      throw new ProblemError('not-found', 'The keys changed in these days: they cannot be compared.', {
        field: 'day',
      });
    });
    sendAnswer(reply, answer, known);
  }

  @Get('period')
  @Header('cache-control', 'private, no-cache')
  @ApiOperation({ summary: 'Different people of any days, and of as many days before them' })
  @ApiQuery({ name: 'from', description: 'The first UTC day' })
  @ApiQuery({ name: 'to', description: 'The last one, at most 400 days in all' })
  @ApiResponse({ status: 200, description: 'Of this node alone', schema: periodSchema })
  async period(
    @Query(new ZodPipe(periodQuery)) { from, to }: z.infer<typeof periodQuery>,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.cache.answer(`period ${from} ${to}`, async () => {
      const length = daysBetween(from, to) + 1;
      const period = await this.local.period(from, to, length);
      const previous = await this.local.period(addDays(from, -length), addDays(from, -1), length);
      return { period, previous, asOf: this.now() };
    });
    sendAnswer(reply, answer, known);
  }

  private async answer(days: number) {
    const nowMs = this.clock.nowMs();
    const to = dayOf(nowMs);
    return {
      ...(await this.local.today(nowMs)),
      lastDay: await this.local.lastDay(nowMs),
      dropped: await this.local.dropped(addDays(to, 1 - days), to),
      asOf: this.now(),
    };
  }

  private now(): string {
    return isoSeconds(this.clock.nowMs());
  }
}
