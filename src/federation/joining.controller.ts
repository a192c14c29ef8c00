import { Body, Controller, Get, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { reason, why } from '../http/reason.js';
import { RequireKey } from '../http/require-key.js';
import { LOCAL_REQUESTS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import type { Cut } from './core/keyings.js';
import { cutSchema, inviteSchema, joiningSchema } from './joining.openapi.js';
import { JoiningAdmin } from './joining-admin.service.js';
import type { JoiningView } from './joining-view.js';
import { nodeId } from './judgement-input.js';

const byInvite = z.strictObject({ invite: z.string().min(1).max(2048) });
const ofNode = z.strictObject({ node: nodeId, why });
const withWhy = z.strictObject({
  why: z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u, 'a reason has 1 to 200 plain characters'),
});
const whyBody = { type: 'object', required: ['why'], properties: { why: { type: 'string' as const } } };
const nodeBody = {
  type: 'object',
  required: ['node'],
  properties: { node: { type: 'string' as const }, why: reason },
};

/** How a node comes to a federation and to its key. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin')
export class JoiningController {
  constructor(
    private readonly admin: JoiningAdmin,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get('joining')
  @ApiOperation({ summary: 'Who asks for the key, who offers one, and the words to compare' })
  @ApiResponse({
    status: 200,
    description: '`{words, waitingFor, restarting, requests, offers}`',
    schema: joiningSchema,
  })
  view(): Promise<JoiningView> {
    return this.admin.look();
  }

  @Post('invites')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'An invite in one line, valid for seven days' })
  @ApiResponse({ status: 201, description: '`{invite}`', schema: inviteSchema })
  @ApiResponse({ status: 409, description: 'This node holds no key, or nobody could reach it' })
  invite(@Req() request: FastifyRequest): Promise<{ invite: string }> {
    return this.admin.invite(whoAsks(request, this.local));
  }

  @Post('join')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Join by an invite: ask to be let in, and for the key. Of a mesh, the node starts anew as one of it',
  })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['invite'],
      properties: { invite: { type: 'string', maxLength: 2048 } },
    },
  })
  @ApiResponse({ status: 200, description: 'How things stand', schema: joiningSchema })
  @ApiResponse({
    status: 409,
    description: 'The invite has expired, or does not fit how this node is set up',
  })
  async join(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body(new ZodPipe(byInvite)) { invite }: z.infer<typeof byInvite>,
  ): Promise<JoiningView> {
    const view = await this.admin.join(invite, whoAsks(request, this.local));
    if (view.restarting) reply.raw.once('finish', () => this.admin.startAnew());
    return view;
  }

  @Post('endorse')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give the key to a node that asks, after its words were compared' })
  @ApiBody({ schema: nodeBody })
  @ApiResponse({ status: 200, description: 'How things stand', schema: joiningSchema })
  @ApiResponse({ status: 404, description: 'No such node asks' })
  endorse(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(ofNode)) { node, why }: z.infer<typeof ofNode>,
  ): Promise<JoiningView> {
    return this.admin.endorse(node, { by: whoAsks(request, this.local), why });
  }

  @Post('withhold')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Give a node no later key, whoever else endorses it. Endorsing it takes that back',
  })
  @ApiBody({ schema: nodeBody })
  @ApiResponse({ status: 200, description: 'How things stand', schema: joiningSchema })
  @ApiResponse({ status: 409, description: 'It is this node itself, or this node is in no federation' })
  withhold(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(ofNode)) { node, why }: z.infer<typeof ofNode>,
  ): Promise<JoiningView> {
    return this.admin.withhold(node, { by: whoAsks(request, this.local), why });
  }

  @Post('federation/cut')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start a new chain of keys tomorrow, for everyone who may still receive keys' })
  @ApiBody({ schema: whyBody })
  @ApiResponse({ status: 200, description: 'Its first day, and whom it reaches', schema: cutSchema })
  @ApiResponse({ status: 409, description: 'This node holds no key, or a cut is under way' })
  cut(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(withWhy)) { why }: z.infer<typeof withWhy>,
  ): Promise<Cut> {
    return this.admin.cut(why, whoAsks(request, this.local));
  }

  @Post('accept')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Take the key that a member offers without an invite, after its words were compared',
  })
  @ApiBody({ schema: nodeBody })
  @ApiResponse({ status: 200, description: 'How things stand', schema: joiningSchema })
  @ApiResponse({ status: 404, description: 'No such node offers one' })
  accept(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(ofNode)) { node, why }: z.infer<typeof ofNode>,
  ): Promise<JoiningView> {
    return this.admin.accept(node, { by: whoAsks(request, this.local), why });
  }
}
