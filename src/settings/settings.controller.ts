import { Body, Controller, Get, Inject, Put, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { CHOOSABLE, type Chosen } from '../config/chosen-settings.js';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { described } from '../http/openapi-schema.js';
import { RequireKey } from '../http/require-key.js';
import { LOCAL_REQUESTS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import { NodeSettings } from './node-settings.js';
import type { SettingsView } from './settings-view.js';

const BODY = { bodyLimitBytes: 16_384 };

const text = z.string().max(512);
const flag = z.boolean();
const list = z.array(text).max(100);
const chosen = z.strictObject({
  name: text.nullable().optional(),
  publicUrl: text.nullable().optional(),
  listed: flag.nullable().optional(),
  publicCounts: flag.nullable().optional(),
  counterWindow: text.nullable().optional(),
  trustProxy: list.nullable().optional(),
  ignoreAddresses: list.nullable().optional(),
  honourDoNotTrack: flag.nullable().optional(),
  role: text.nullable().optional(),
  hub: text.nullable().optional(),
  peers: list.nullable().optional(),
}) satisfies z.ZodType<Chosen>;

const setting = z.object({
  value: z.unknown().meta({ description: 'As it is in effect' }),
  fixed: z.boolean().meta({ description: 'By environment or file: it can not be changed here' }),
});
const settingsSchema = described(
  z.object({
    settings: z.object(Object.fromEntries(CHOOSABLE.map((name) => [name, setting]))),
    start: z.string().meta({ description: 'Names this start of the node' }),
    restarting: z
      .boolean()
      .meta({ description: 'The node starts anew to use it: ask /health until it answers' }),
  }),
);

/** What is set in the browser, where the operator left it open. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin/settings')
export class SettingsController {
  constructor(
    private readonly settings: NodeSettings,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The settings that can be changed here, as they are in effect' })
  @ApiResponse({ status: 200, description: '`{settings, restarting}`', schema: settingsSchema })
  view(): SettingsView {
    return this.settings.view();
  }

  @Put()
  @RouteConfig(BODY)
  @ApiOperation({ summary: 'Change some settings; null takes a choice back. The node starts anew with them' })
  @ApiBody({ schema: described(chosen) })
  @ApiResponse({ status: 200, description: 'The settings as they are about to be', schema: settingsSchema })
  @ApiResponse({ status: 409, description: 'The operator has fixed it' })
  @ApiResponse({ status: 422, description: 'A value is wrong, or does not fit the others' })
  async choose(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body(new ZodPipe(chosen)) given: z.infer<typeof chosen>,
  ): Promise<SettingsView> {
    const view = await this.settings.choose(given, whoAsks(request, this.local));
    if (view.restarting) reply.raw.once('finish', () => this.settings.startAnew());
    return view;
  }
}
