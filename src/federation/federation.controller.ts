import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type * as z from 'zod';
import { TaggedJson } from '../http/tagged-json.js';
import { keyInUse, openCard } from '../protocol/card.js';
import { Refusal } from '../protocol/refusal.js';
import { parseStrictJson } from '../protocol/strict-json.js';
import { StoreUnavailableError } from '../storage/count-store.js';
import type { PeerStatus } from '../storage/peer-store.js';
import { FederationNode } from './core/federation-node.js';
import { joinSchema, LINK_TO_ABOVE, type PushAnswer } from './core/messages.js';
import { FEDERATION_TYPE } from './core/peer-calls.js';
import {
  charterBody,
  chartersSeenSchema,
  digestBody,
  digestSchema,
  envelopeSchema,
  introducedSchema,
  introductionsBody,
  joinedSchema,
  keyingsBody,
  keyingsSeenSchema,
  leftSchema,
  letterBody,
  lettersAnswerSchema,
  proofsBody,
  proofsExchangedSchema,
  pullBody,
  pulledSchema,
  pushedSchema,
  rosterBody,
  rostersSeenSchema,
  totalAboveBody,
} from './federation.openapi.js';
import { FederationGate } from './federation-gate.js';
import { UnsignedCalls } from './unsigned-calls.js';

const PUSH_BYTES_MAX = 4 * 1024 * 1024;
const JOIN_BYTES_MAX = 16 * 1024;
const DIGEST_BYTES_MAX = 64 * 1024;
/** Fifty cards, each at most 8 KiB, in base64 in JSON. */
const INTRODUCTIONS_BYTES_MAX = 768 * 1024;
const PROOFS_BYTES_MAX = 2 * 1024 * 1024;
const LETTER_REQUEST_BYTES_MAX = 32 * 1024;
const KEYINGS_BYTES_MAX = 1024 * 1024;
const CHARTER_BYTES_MAX = 512 * 1024;
const ROSTER_BYTES_MAX = 6 * 1024 * 1024;

const envelopeText: { type: 'string'; maxLength: number; description: string } = {
  type: 'string',
  maxLength: 12_288,
  description: 'A DSSE envelope as text',
};
const joinBody = { type: 'object', required: ['card'], properties: { card: envelopeText } };
const pushBody = {
  type: 'object',
  required: ['reports', 'sketches'],
  properties: {
    reports: { type: 'array', minItems: 1, maxItems: 200, items: envelopeText },
    sketches: {
      type: 'object',
      description: 'Packed sketches in base64, by `sha256:<hex>`',
      additionalProperties: { type: 'string' as const, maxLength: 21_868 },
    },
    cards: {
      type: 'array',
      maxItems: 32,
      description: 'Of nodes that have changed their key, the newest known: taken before the reports',
      items: envelopeText,
    },
  },
};

/** The calls of other nodes. FederationGate has already checked who makes them; docs/PROTOCOL.md describes them. */
@ApiTags('federation')
@Controller('federation/v1')
export class FederationController {
  constructor(
    private readonly node: FederationNode,
    private readonly gate: FederationGate,
    private readonly unsigned: UnsignedCalls,
  ) {}

  @Post('join')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiBody({ schema: joinBody })
  @HttpCode(200)
  @RouteConfig({ bodyLimitBytes: JOIN_BYTES_MAX })
  @ApiOperation({
    summary: 'Ask to join with the own card. Answers how things stand, however often it is asked',
  })
  @ApiResponse({ status: 200, description: 'How things stand', schema: joinedSchema })
  @ApiResponse({ status: 401, description: 'Refused, with the reason' })
  @ApiResponse({ status: 429, description: 'Too many from this address' })
  async join(@Req() request: FastifyRequest, @Body() body: unknown): Promise<{ status: PeerStatus }> {
    return this.refusing(async () => {
      const received = this.gate.received(request);
      const bytes = bytesOf(body);
      const { card: envelope } = read(joinSchema, bytes);
      const card = openCard(envelope);
      await this.node.gate.admit(received, (keyId) => keyInUse(card, keyId));
      this.node.gate.checkBody(received, bytes);
      return { status: await this.node.requestToJoin(card, envelope, this.unsigned.placeOf(request)) };
    });
  }

  @Post('reports')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiBody({ schema: pushBody })
  @HttpCode(200)
  @RouteConfig({ bodyLimitBytes: PUSH_BYTES_MAX })
  @ApiOperation({ summary: 'Push signed day reports with their sketches' })
  @ApiResponse({ status: 200, description: 'One outcome for each report, in order', schema: pushedSchema })
  @ApiResponse({ status: 401, description: 'Refused, with the reason' })
  async reports(@Req() request: FastifyRequest, @Body() body: unknown): Promise<PushAnswer> {
    return this.refusing(async () => {
      const { caller, bytes } = this.checked(request, body);
      return this.node.answers.reports(caller, bytes);
    });
  }

  @Post('digest')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiBody({ schema: digestBody })
  @HttpCode(200)
  @RouteConfig({ bodyLimitBytes: DIGEST_BYTES_MAX })
  @ApiOperation({ summary: 'Compare ledgers: hashes of everything, of days, of buckets, and their entries' })
  @ApiResponse({
    status: 200,
    description: '`{root}`, `{days}`, `{buckets}` or `{entries, rest}`',
    schema: digestSchema,
  })
  @ApiResponse({ status: 401, description: 'Refused, with the reason' })
  async digest(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    return this.refusing(async () => {
      const { caller, bytes } = this.checked(request, body);
      return this.node.answers.digest(caller, bytes);
    });
  }

  @Post('pull')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiBody({ schema: pullBody })
  @HttpCode(200)
  @RouteConfig({ bodyLimitBytes: DIGEST_BYTES_MAX })
  @ApiOperation({ summary: 'Fetch reports by id, with their sketches, up to a mebibyte' })
  @ApiResponse({ status: 200, description: '`{reports, sketches, answered}`', schema: pulledSchema })
  @ApiResponse({ status: 401, description: 'Refused, with the reason' })
  async pull(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    return this.refusing(async () => {
      const { caller, bytes } = this.checked(request, body);
      return this.node.answers.pull(caller, bytes);
    });
  }

  @Post('leave')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiBody({ schema: { type: 'object', description: 'Empty' } })
  @HttpCode(200)
  @RouteConfig({ bodyLimitBytes: JOIN_BYTES_MAX })
  @ApiOperation({ summary: "Leave: the caller's days are in no total from now on" })
  @ApiResponse({ status: 200, description: 'They are withdrawn', schema: leftSchema })
  @ApiResponse({ status: 401, description: 'Refused, with the reason' })
  async leave(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    return this.refusing(async () => this.node.answers.leave(this.checked(request, body).caller));
  }

  @Post('introductions')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiBody({ schema: introductionsBody })
  @HttpCode(200)
  @RouteConfig({ bodyLimitBytes: INTRODUCTIONS_BYTES_MAX })
  @ApiOperation({ summary: 'A hub below this one introduces its members and says how they stand there' })
  @ApiResponse({ status: 200, description: '`{outcomes}`, one for each', schema: introducedSchema })
  @ApiResponse({ status: 401, description: 'Refused, with the reason' })
  @ApiResponse({ status: 403, description: 'No person has appointed this hub' })
  async introductions(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    return this.refusing(async () => {
      const { caller, bytes } = this.checked(request, body);
      return this.node.answers.introductions(caller, bytes);
    });
  }

  @Post('proofs')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiBody({ schema: proofsBody })
  @HttpCode(200)
  @RouteConfig({ bodyLimitBytes: PROOFS_BYTES_MAX })
  @ApiOperation({ summary: 'Exchange proofs that an origin reported two things under one sequence number' })
  @ApiResponse({ status: 200, description: '`{proofs, wanted}`', schema: proofsExchangedSchema })
  @ApiResponse({ status: 401, description: 'Refused, with the reason' })
  async proofs(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    return this.refusing(async () => {
      const { caller, bytes } = this.checked(request, body);
      return this.node.answers.proofs(caller, bytes);
    });
  }

  @Put('keys/:node')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiParam({ name: 'node', description: 'Node id of the recipient, or `any` that holds the key' })
  @ApiBody({ schema: letterBody })
  @RouteConfig({ bodyLimitBytes: LETTER_REQUEST_BYTES_MAX })
  @ApiOperation({ summary: 'Leave a signed letter: a request for the key, or the key sealed to one node' })
  @ApiResponse({ status: 200, description: 'It waits for its recipient', schema: leftSchema })
  @ApiResponse({ status: 401, description: 'Refused, with the reason' })
  async putLetter(
    @Req() request: FastifyRequest,
    @Param('node') node: string,
    @Body() body: unknown,
  ): Promise<object> {
    return this.refusing(async () => {
      const { caller, bytes } = this.checked(request, body);
      return this.node.answers.putLetter(caller, node, bytes);
    });
  }

  @Get('keys/:node')
  @ApiParam({ name: 'node', description: 'Node id of the caller' })
  @ApiOperation({ summary: 'The letters that wait for the caller' })
  @ApiResponse({ status: 200, description: '`{letters}`', schema: lettersAnswerSchema })
  @ApiResponse({ status: 401, description: 'Refused, with the reason' })
  async letters(@Req() request: FastifyRequest, @Param('node') node: string): Promise<object> {
    return this.refusing(async () => this.node.answers.letters(callerOf(request), node));
  }

  @Get('charter')
  @ApiOperation({ summary: 'The charters of the federation, with the signatures of its stewards' })
  @ApiResponse({ status: 200, description: '`{charters, proposed}`', schema: chartersSeenSchema })
  @ApiResponse({ status: 304, description: 'Still the one that the ETag names' })
  @ApiResponse({ status: 404, description: 'There is none' })
  async charters(
    @Req() request: FastifyRequest,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.refusing(async () => {
      new TaggedJson(JSON.stringify(this.node.answers.charters(callerOf(request)))).answerUnless(
        known,
        reply,
      );
    });
  }

  @Put('charter')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiBody({ schema: charterBody })
  @RouteConfig({ bodyLimitBytes: CHARTER_BYTES_MAX })
  @ApiOperation({ summary: "Bring the next charter, or another steward's signature on it" })
  @ApiResponse({ status: 200, description: 'It is kept', schema: leftSchema })
  @ApiResponse({ status: 403, description: 'Not signed by stewards' })
  async takeCharter(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    return this.refusing(async () => {
      const { caller, bytes } = this.checked(request, body);
      return this.node.answers.takeCharter(caller, bytes);
    });
  }

  @Get('roster')
  @ApiOperation({ summary: 'Who is in the federation, signed by a steward' })
  @ApiResponse({ status: 200, description: '`{rosters, wanted?}`', schema: rostersSeenSchema })
  @ApiResponse({ status: 304, description: 'Still the one that the ETag names' })
  @ApiResponse({ status: 404, description: 'There is none' })
  async rosters(
    @Req() request: FastifyRequest,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.refusing(async () => {
      new TaggedJson(JSON.stringify(this.node.answers.rosters(callerOf(request)))).answerUnless(known, reply);
    });
  }

  @Put('roster')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiBody({ schema: rosterBody })
  @RouteConfig({ bodyLimitBytes: ROSTER_BYTES_MAX })
  @ApiOperation({ summary: 'Bring a roster that a steward has signed' })
  @ApiResponse({ status: 200, description: 'It is kept', schema: leftSchema })
  @ApiResponse({ status: 403, description: 'Not signed by a steward' })
  async takeRoster(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    return this.refusing(async () => {
      const { caller, bytes } = this.checked(request, body);
      return this.node.answers.takeRoster(caller, bytes);
    });
  }

  @Get('keying')
  @ApiOperation({ summary: 'What is announced of keys to come, and the fresh entropy sealed to the caller' })
  @ApiResponse({ status: 200, description: '`{keyings, seals, counts}`', schema: keyingsSeenSchema })
  @ApiResponse({ status: 304, description: 'Still the one that the ETag names' })
  async keyings(
    @Req() request: FastifyRequest,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.refusing(async () => {
      const text = JSON.stringify(this.node.answers.keyings(callerOf(request)));
      new TaggedJson(text).answerUnless(known, reply);
    });
  }

  @Put('keying')
  @ApiConsumes(FEDERATION_TYPE)
  @ApiBody({ schema: keyingsBody })
  @RouteConfig({ bodyLimitBytes: KEYINGS_BYTES_MAX })
  @ApiOperation({ summary: 'Announce keyings, or bring fresh entropy that is sealed to members' })
  @ApiResponse({ status: 200, description: 'They are kept', schema: leftSchema })
  @ApiResponse({ status: 401, description: 'Refused, with the reason' })
  async takeKeyings(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    return this.refusing(async () => {
      const { caller, bytes } = this.checked(request, body);
      return this.node.answers.takeKeyings(caller, bytes);
    });
  }

  @Get('total')
  @ApiOperation({ summary: 'The newest signed total' })
  @ApiResponse({ status: 200, description: 'A DSSE envelope that holds the total', schema: envelopeSchema })
  @ApiResponse({ status: 304, description: 'Still the one that the ETag names' })
  async total(
    @Req() request: FastifyRequest,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.refusing(async () => {
      const newest = this.node.answers.total(callerOf(request));
      if (this.node.answers.passesOn) reply.header('link', LINK_TO_ABOVE);
      const etag = `"${newest.total.inputs.slice(0, 16)}-${newest.total.asOf}"`;
      reply.header('etag', etag);
      if (known === etag) reply.code(304).send();
      else reply.type('application/json; charset=utf-8').send(newest.envelope);
    });
  }

  @Get('total/above')
  @ApiOperation({ summary: 'The newest total of the hub above this one, and whose it is' })
  @ApiResponse({ status: 200, description: 'Both as envelopes', schema: totalAboveBody })
  @ApiResponse({ status: 304, description: 'Still the one that the ETag names' })
  @ApiResponse({ status: 404, description: 'This hub is below no other one' })
  async totalAbove(
    @Req() request: FastifyRequest,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.refusing(async () => {
      const text = JSON.stringify(this.node.answers.totalAbove(callerOf(request)));
      new TaggedJson(text).answerUnless(known, reply);
    });
  }

  /** The caller that the gate let in, and the body, once it is the one whose digest was signed. */
  private checked(request: FastifyRequest, body: unknown): { caller: string; bytes: Uint8Array } {
    const bytes = bytesOf(body);
    const caller = callerOf(request);
    this.node.gate.count(caller, bytes.length);
    this.node.gate.checkBody(this.gate.received(request), bytes);
    return { caller, bytes };
  }

  private async refusing<T>(answer: () => Promise<T>): Promise<T> {
    try {
      await this.gate.turn();
      return await answer();
    } catch (error) {
      // What is asked of a full disk can be told by name, like all that a node is refused.
      const refusal = error instanceof StoreUnavailableError ? new Refusal('store-unavailable') : error;
      if (refusal instanceof Refusal) this.node.countRefusal(refusal.reason);
      throw refusal;
    }
  }
}

function callerOf(request: FastifyRequest): string {
  if (request.caller === undefined) throw new Refusal('signature-missing');
  return request.caller;
}

function bytesOf(body: unknown): Uint8Array {
  if (Buffer.isBuffer(body)) return body;
  throw new Refusal('digest-missing');
}

function read<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  const parsed = schema.safeParse(parseStrictJson(bytes));
  if (!parsed.success) throw new Refusal('bad-schema');
  return parsed.data;
}
