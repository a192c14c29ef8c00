import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { reason, why } from '../http/reason.js';
import { RequireKey } from '../http/require-key.js';
import { LOCAL_REQUESTS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import type { AlertsAnswer, AlertView } from './alert-views.js';
import { alertSchema, alertsSchema } from './alerts.openapi.js';
import { Alerts } from './alerts.service.js';

const alertId = z.string().regex(/^[a-z-]{1,32}(\.[A-Za-z0-9_-]{43}){0,2}$/, 'an id as alerts have it');
const acknowledgement = z.strictObject({ why });

/** What an administrator should look at. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin/alerts')
export class AlertsController {
  constructor(
    private readonly alerts: Alerts,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What a person should look at; nothing is held for it' })
  @ApiResponse({ status: 200, description: '`{alerts, counts, asOf}`', schema: alertsSchema })
  standing(): Promise<AlertsAnswer> {
    return this.alerts.standing();
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Somebody has seen it. It stands as long as its reason does' })
  @ApiParam({ name: 'id', description: 'As in the list' })
  @ApiBody({ schema: { type: 'object', properties: { why: reason } } })
  @ApiResponse({ status: 200, description: 'The alert', schema: alertSchema })
  @ApiResponse({ status: 404, description: 'No such alert stands' })
  acknowledge(
    @Req() request: FastifyRequest,
    @Param('id', new ZodPipe(alertId)) id: string,
    @Body(new ZodPipe(acknowledgement)) body: z.infer<typeof acknowledgement>,
  ): Promise<AlertView> {
    return this.alerts.acknowledge(id, { by: whoAsks(request, this.local), why: body.why });
  }
}
