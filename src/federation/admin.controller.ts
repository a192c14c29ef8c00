import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
} from '@nestjs/common';
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
import { isDay } from '../clock/day.js';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { reason, why } from '../http/reason.js';
import { RequireKey } from '../http/require-key.js';
import { LOCAL_REQUESTS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import {
  federationSchema,
  leavingSchema,
  lineSchema,
  peerSchema,
  peersSchema,
  statusSchema,
  totalBundleSchema,
} from './admin.openapi.js';
import type { Decider } from './core/decisions.js';
import { envelopeSchema } from './federation.openapi.js';
import { FederationAdmin, type Leaving } from './federation-admin.service.js';
import type { FederationView } from './federation-view.js';
import { nodeId } from './judgement-input.js';
import type { NodeStatus } from './node-status.js';
import type { PeerView } from './peer-view.js';
import { FederationSchedule } from './schedule.js';
import type { TotalBundle } from './total-bundle.js';

const adding = z.strictObject({ url: z.string().max(2048) });
const approval = z.strictObject({ trusted: z.boolean().default(false), why });
const decision = z.strictObject({ why }).default({ why: '' });
const founding = z.strictObject({ name: z.string().min(1).max(64) });
const importing = z.strictObject({ line: z.string().min(1).max(4096) });
const exporting = z.strictObject({ public: z.enum(['true', 'false']).default('false') });
const exchanging = z.strictObject({ resend: z.boolean().default(false) });
const ofDay = z.strictObject({ day: z.string().refine(isDay, 'a UTC day such as 2026-11-22') });

const decisionBody = { type: 'object', properties: { why: reason } };

/** Everything that the command line does, with an admin key or over the node's own socket. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin')
export class AdminController {
  constructor(
    private readonly admin: FederationAdmin,
    private readonly schedule: FederationSchedule,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get('status')
  @ApiOperation({ summary: 'What this node is, what it counted today, how its exchanges go' })
  @ApiResponse({ status: 200, description: 'The status', schema: statusSchema })
  status(): Promise<NodeStatus> {
    return this.admin.status();
  }

  @Get('peers')
  @ApiOperation({ summary: 'Every known node with its status, freshness and last error' })
  @ApiResponse({ status: 200, description: 'In the order in which they became known', schema: peersSchema })
  async peers(): Promise<{ peers: PeerView[] }> {
    return { peers: await this.admin.peers() };
  }

  @Post('peers')
  @HttpCode(200)
  @ApiOperation({ summary: 'Put the node at an address on the list, as if it had asked to join' })
  @ApiBody({
    schema: { type: 'object', required: ['url'], properties: { url: { type: 'string', maxLength: 2048 } } },
  })
  @ApiResponse({ status: 200, description: 'The peer, waiting to be approved', schema: peerSchema })
  @ApiResponse({ status: 409, description: 'No node answers there' })
  add(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(adding)) { url }: z.infer<typeof adding>,
  ): Promise<PeerView> {
    return this.admin.add(url, whoAsks(request, this.local));
  }

  @Post('peers/:node/approve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a waiting node in' })
  @ApiParam({ name: 'node', description: 'Node id' })
  @ApiBody({
    schema: {
      type: 'object',
      properties: { trusted: { type: 'boolean', description: 'without probation' }, why: reason },
    },
  })
  @ApiResponse({ status: 200, description: 'The peer as it stands now', schema: peerSchema })
  @ApiResponse({ status: 404, description: 'No such node' })
  approve(
    @Req() request: FastifyRequest,
    @Param('node', new ZodPipe(nodeId)) node: string,
    @Body(new ZodPipe(approval)) given: z.infer<typeof approval>,
  ): Promise<PeerView> {
    return this.admin.approve(node, given.trusted, this.decider(request, given));
  }

  @Post('peers/:node/suspend')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take a node out of every total until it is approved again' })
  @ApiParam({ name: 'node', description: 'Node id' })
  @ApiBody({ schema: decisionBody, required: false })
  @ApiResponse({ status: 200, description: 'The peer as it stands now', schema: peerSchema })
  @ApiResponse({ status: 404, description: 'No such node' })
  suspend(
    @Req() request: FastifyRequest,
    @Param('node', new ZodPipe(nodeId)) node: string,
    @Body(new ZodPipe(decision)) given: z.infer<typeof decision>,
  ): Promise<PeerView> {
    return this.admin.suspend(node, this.decider(request, given));
  }

  @Post('peers/:node/audit')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Let a node read all reports without bringing any: a second hub, or whoever checks this one',
  })
  @ApiParam({ name: 'node', description: 'Node id' })
  @ApiBody({ schema: decisionBody, required: false })
  @ApiResponse({ status: 200, description: 'The peer as it stands now', schema: peerSchema })
  @ApiResponse({ status: 404, description: 'No such node' })
  appointAuditor(
    @Req() request: FastifyRequest,
    @Param('node', new ZodPipe(nodeId)) node: string,
    @Body(new ZodPipe(decision)) given: z.infer<typeof decision>,
  ): Promise<PeerView> {
    return this.admin.appointAuditor(node, this.decider(request, given));
  }

  @Post('peers/:node/sub-hub')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Let a hub forward the reports of its members: whom it lets in is let in here too',
  })
  @ApiParam({ name: 'node', description: 'Node id' })
  @ApiBody({
    schema: {
      type: 'object',
      properties: {
        trusted: { type: 'boolean', description: 'skip the probation, its own and that of its members' },
        why: reason,
      },
    },
  })
  @ApiResponse({ status: 200, description: 'The peer as it stands now', schema: peerSchema })
  @ApiResponse({ status: 404, description: 'No such node' })
  appointSubHub(
    @Req() request: FastifyRequest,
    @Param('node', new ZodPipe(nodeId)) node: string,
    @Body(new ZodPipe(approval)) given: z.infer<typeof approval>,
  ): Promise<PeerView> {
    return this.admin.appointSubHub(node, given.trusted, this.decider(request, given));
  }

  @Post('peers/:node/forget')
  @HttpCode(200)
  @ApiOperation({ summary: 'Forget a node: a request that is refused, or an old address. It may ask again' })
  @ApiParam({ name: 'node', description: 'Node id' })
  @ApiBody({ schema: decisionBody, required: false })
  @ApiResponse({ status: 200, description: 'The peer as it stood', schema: peerSchema })
  @ApiResponse({ status: 404, description: 'No such node' })
  forget(
    @Req() request: FastifyRequest,
    @Param('node', new ZodPipe(nodeId)) node: string,
    @Body(new ZodPipe(decision)) given: z.infer<typeof decision>,
  ): Promise<PeerView> {
    return this.admin.forget(node, this.decider(request, given));
  }

  @Delete('peers/:node')
  @ApiOperation({ summary: 'Take a node and all it reported out of every total' })
  @ApiParam({ name: 'node', description: 'Node id' })
  @ApiQuery({ name: 'why', required: false, schema: reason })
  @ApiResponse({ status: 200, description: 'The peer as it stands now', schema: peerSchema })
  @ApiResponse({ status: 404, description: 'No such node' })
  remove(
    @Req() request: FastifyRequest,
    @Param('node', new ZodPipe(nodeId)) node: string,
    @Query(new ZodPipe(decision)) given: z.infer<typeof decision>,
  ): Promise<PeerView> {
    return this.admin.remove(node, this.decider(request, given));
  }

  @Get('federation')
  @ApiOperation({ summary: 'The federation this node counts for' })
  @ApiResponse({
    status: 200,
    description: 'The federation and the names of the keys held, never a key',
    schema: federationSchema,
  })
  federation(): FederationView {
    return this.admin.federation();
  }

  @Post('federation')
  @ApiOperation({ summary: 'Found a federation with keys of its own' })
  @ApiBody({
    schema: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 64 } } },
  })
  @ApiResponse({ status: 201, description: 'The new federation', schema: federationSchema })
  found(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(founding)) { name }: z.infer<typeof founding>,
  ): Promise<FederationView> {
    return this.admin.found(name, whoAsks(request, this.local));
  }

  @Get('federation/export')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The federation as one line, with its current key unless `public`' })
  @ApiQuery({ name: 'public', required: false, enum: ['true', 'false'] })
  @ApiResponse({ status: 200, description: 'The line', schema: lineSchema })
  async export(@Query(new ZodPipe(exporting)) query: z.infer<typeof exporting>): Promise<{ line: string }> {
    return { line: await this.admin.exportLine(query.public === 'true') };
  }

  @Post('federation/import')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Join the federation of a line: today when nothing was counted yet, else tomorrow',
  })
  @ApiBody({
    schema: { type: 'object', required: ['line'], properties: { line: { type: 'string', maxLength: 4096 } } },
  })
  @ApiResponse({ status: 200, description: 'The federation', schema: federationSchema })
  @ApiResponse({ status: 409, description: 'The line contradicts what the node holds or how it counts' })
  import(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(importing)) { line }: z.infer<typeof importing>,
  ): Promise<FederationView> {
    return this.admin.join(line, whoAsks(request, this.local));
  }

  @Post('federation/leave')
  @HttpCode(200)
  @ApiOperation({ summary: "Leave the federation: withdraw this node's days, and stand alone again" })
  @ApiResponse({ status: 200, description: 'Where it could not be said', schema: leavingSchema })
  @ApiResponse({ status: 409, description: 'This node is in no federation' })
  leave(@Req() request: FastifyRequest): Promise<Leaving> {
    return this.admin.leave(whoAsks(request, this.local));
  }

  @Post('federation/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Report again, after another copy of this node was found and stopped' })
  @ApiResponse({ status: 200, description: 'The federation', schema: federationSchema })
  resume(@Req() request: FastifyRequest): Promise<FederationView> {
    return this.admin.resume(whoAsks(request, this.local));
  }

  @Post('exchange')
  @HttpCode(200)
  @ApiOperation({ summary: 'Issue, exchange and total now instead of waiting for the schedule' })
  @ApiBody({
    schema: {
      type: 'object',
      properties: { resend: { type: 'boolean', description: 'every report once more' } },
    },
  })
  @ApiResponse({ status: 200, description: 'The status after the round', schema: statusSchema })
  async exchange(@Body(new ZodPipe(exchanging)) { resend }: z.infer<typeof exchanging>): Promise<NodeStatus> {
    if (resend) this.admin.forgetDeliveries();
    await this.schedule.runNow();
    return this.admin.status();
  }

  @Get('reports/self')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: "The signed report of one of the node's own days, exactly as it leaves" })
  @ApiQuery({ name: 'day', schema: { type: 'string', format: 'date' }, description: 'UTC day' })
  @ApiResponse({ status: 200, description: 'A DSSE envelope', schema: envelopeSchema })
  @ApiResponse({ status: 404, description: 'No report of that day' })
  ownReport(@Query(new ZodPipe(ofDay)) { day }: z.infer<typeof ofDay>): Promise<string> {
    return this.admin.ownReport(day);
  }

  @Get('total')
  @ApiOperation({ summary: 'A signed total with all it was computed from, for `headcount verify-total`' })
  @ApiResponse({ status: 200, description: 'The bundle', schema: totalBundleSchema })
  @ApiResponse({ status: 409, description: 'This node computes no total' })
  total(): Promise<TotalBundle> {
    return this.admin.totalBundle();
  }

  private decider(request: FastifyRequest, { why }: { why: string }): Decider {
    return { by: whoAsks(request, this.local), why };
  }
}
