import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { RequireKey } from '../http/require-key.js';
import { ZodPipe } from '../http/zod-problem.js';
import { EFFECT_ACTIONS } from './core/effects.js';
import { day, nodeId } from './judgement-input.js';
import { effectSchema, evidenceSchema } from './preview.openapi.js';
import { Previews } from './preview.service.js';
import type { EffectView, EvidenceView } from './preview-views.js';

const supposing = z
  .strictObject({ node: nodeId, day: day.optional(), action: z.enum(EFFECT_ACTIONS) })
  .refine((asked) => asked.action !== 'release' || asked.day !== undefined, {
    path: ['day'],
    message: 'a release is of one day in a preview',
  });

/** What an administrator looks at before deciding. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin/federation')
export class PreviewController {
  constructor(private readonly previews: Previews) {}

  @Get('effect')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The total before and after a decision that is not made yet' })
  @ApiQuery({ name: 'node', description: 'Node id' })
  @ApiQuery({ name: 'action', enum: EFFECT_ACTIONS })
  @ApiQuery({ name: 'day', required: false, description: 'A UTC day; all days when left out' })
  @ApiResponse({ status: 200, description: '`{before, after}`', schema: effectSchema })
  @ApiResponse({ status: 404, description: 'This node publishes no total, or knows no node of that id' })
  effect(@Query(new ZodPipe(supposing)) asked: z.infer<typeof supposing>): Promise<EffectView> {
    return this.previews.effect({ origin: asked.node, day: asked.day ?? null, action: asked.action });
  }

  @Get('held/:node/:day')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What speaks against a held report: rules, registers, the days before' })
  @ApiParam({ name: 'node', description: 'Node id' })
  @ApiParam({ name: 'day', description: 'A UTC day' })
  @ApiResponse({ status: 200, description: 'The evidence', schema: evidenceSchema })
  @ApiResponse({ status: 404, description: 'No report of that day is held' })
  evidence(
    @Param('node', new ZodPipe(nodeId)) node: string,
    @Param('day', new ZodPipe(day)) ofDay: string,
  ): Promise<EvidenceView> {
    return this.previews.evidence(node, ofDay);
  }
}
