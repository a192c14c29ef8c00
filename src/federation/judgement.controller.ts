import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { reason, why } from '../http/reason.js';
import { RequireKey } from '../http/require-key.js';
import { LOCAL_REQUESTS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import type { AuditPage, OriginsPage, OverlapMatrix, ReleasedView } from './admin-views.js';
import type { Decider } from './core/decisions.js';
import {
  auditSchema,
  liftedSchema,
  originsSchema,
  overlapsSchema,
  releasedSchema,
  rulingSchema,
  rulingsSchema,
} from './judgement.openapi.js';
import { JudgementAdmin } from './judgement-admin.service.js';
import { day, nodeId } from './judgement-input.js';
import type { RulingView } from './origin-view.js';

const paging = z.strictObject({
  from: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const auditPaging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.coerce.number().int().min(1).optional(),
});
const overlapping = z.strictObject({ window: z.enum(['1d', '7d', '30d']).default('30d') });
const ruled = z.strictObject({
  node: nodeId,
  day: day.nullable().default(null),
  verdict: z.enum(['hold', 'exclude']),
  why,
});
const lifted = z.strictObject({ day: day.optional(), why });
const released = z.strictObject({ node: nodeId, day: day.nullable().default(null), why });

const dayText = { type: 'string' as const, format: 'date', description: 'A UTC day; all days when left out' };

/** What an administrator watches and decides of the origins' figures. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin')
export class JudgementController {
  constructor(
    private readonly admin: JudgementAdmin,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get('federation/origins')
  @ApiOperation({ summary: 'Each origin: figures, trend, freshness, errors, held reports and why' })
  @ApiQuery({ name: 'from', required: false, description: 'How many to leave out' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200; 50' })
  @ApiResponse({ status: 200, description: '`{origins, count}`, largest first', schema: originsSchema })
  origins(@Query(new ZodPipe(paging)) page: z.infer<typeof paging>): Promise<OriginsPage> {
    return this.admin.origins(page);
  }

  @Get('federation/overlaps')
  @ApiOperation({ summary: 'How many people each two of the 16 largest origins share' })
  @ApiQuery({ name: 'window', required: false, enum: ['1d', '7d', '30d'], description: 'default 30d' })
  @ApiResponse({ status: 200, description: '`{names, overlaps}`', schema: overlapsSchema })
  overlaps(@Query(new ZodPipe(overlapping)) { window }: z.infer<typeof overlapping>): Promise<OverlapMatrix> {
    return this.admin.overlaps({ '1d': 1, '7d': 7, '30d': 30 }[window]);
  }

  @Get('federation/rulings')
  @ApiOperation({ summary: 'The days and origins that persons took out of the totals' })
  @ApiResponse({ status: 200, description: '`{rulings}`', schema: rulingsSchema })
  rulings(): { rulings: RulingView[] } {
    return { rulings: this.admin.rulings() };
  }

  @Post('federation/rulings')
  @ApiOperation({ summary: 'Take a day of an origin, or all of its days, out of every total' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['node', 'verdict'],
      properties: {
        node: { type: 'string', description: 'Node id' },
        day: dayText,
        verdict: { type: 'string', enum: ['hold', 'exclude'] },
        why: reason,
      },
    },
  })
  @ApiResponse({ status: 201, description: 'The ruling', schema: rulingSchema })
  @ApiResponse({ status: 404, description: 'No such node' })
  rule(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(ruled)) body: z.infer<typeof ruled>,
  ): Promise<RulingView> {
    return this.admin.rule(body.node, body.day, body.verdict, this.decider(request, body.why));
  }

  @Delete('federation/rulings/:node')
  @ApiOperation({ summary: 'Lift a ruling: the days count again as they did' })
  @ApiParam({ name: 'node', description: 'Node id' })
  @ApiQuery({ name: 'day', required: false, description: 'The day; the ruling about all days when left out' })
  @ApiQuery({ name: 'why', required: false, description: 'For the audit log' })
  @ApiResponse({ status: 200, description: '`{lifted}`', schema: liftedSchema })
  @ApiResponse({ status: 404, description: 'No such ruling' })
  lift(
    @Req() request: FastifyRequest,
    @Param('node', new ZodPipe(nodeId)) node: string,
    @Query(new ZodPipe(lifted)) query: z.infer<typeof lifted>,
  ): Promise<{ lifted: true }> {
    return this.admin.lift(node, query.day ?? null, this.decider(request, query.why));
  }

  @Post('federation/release')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Count the report of a day that a rule holds back, or all of an origin that are held',
  })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['node'],
      properties: {
        node: { type: 'string', description: 'Node id' },
        day: dayText,
        why: reason,
      },
    },
  })
  @ApiResponse({ status: 200, description: '`{released}`', schema: releasedSchema })
  @ApiResponse({ status: 404, description: 'No such report is held' })
  release(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(released)) body: z.infer<typeof released>,
  ): Promise<ReleasedView> {
    return this.admin.release(body.node, body.day, this.decider(request, body.why));
  }

  @Get('audit')
  @ApiOperation({ summary: 'Who decided what, when and why, newest first' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 500; 50' })
  @ApiQuery({ name: 'before', required: false, description: 'Only entries below this number' })
  @ApiResponse({
    status: 200,
    description: '`{entries, firstBroken}`: the log, and where it was tampered with',
    schema: auditSchema,
  })
  audit(@Query(new ZodPipe(auditPaging)) page: z.infer<typeof auditPaging>): Promise<AuditPage> {
    return this.admin.audit(page);
  }

  private decider(request: FastifyRequest, why: string): Decider {
    return { by: whoAsks(request, this.local), why };
  }
}
