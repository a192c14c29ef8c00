import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Config } from '../config/config.js';
import { AddressSet } from '../http/address-set.js';
import { ClientAddress } from '../http/client-address.js';
import { described } from '../http/openapi-schema.js';
import { RequireKey } from '../http/require-key.js';
import { CONFIG } from '../http/tokens.js';

/** What a browser may write into the header is cut before it is shown. */
const HOPS_MAX = 16;
const HOP_CHARS_MAX = 64;

const view = z.object({
  address: z.string().nullable().meta({ description: 'Whom you would be counted as' }),
  connection: z.string().nullable().meta({ description: 'Who connects: you, or the last proxy' }),
  isProxyTrusted: z.boolean().meta({ description: 'Whether the word of who connects is believed' }),
  forwarded: z
    .array(z.object({ text: z.string(), trusted: z.boolean() }))
    .meta({ description: 'X-Forwarded-For as it came, left to right' }),
  trustProxy: z.array(z.string()),
});
export type AddressView = z.infer<typeof view>;

/** Whether visitors or a proxy would be counted. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin/address')
export class AddressController {
  private readonly addresses: ClientAddress;
  private readonly trusted: AddressSet;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.addresses = new ClientAddress(config.trustProxy);
    this.trusted = new AddressSet(config.trustProxy);
  }

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What address do I see you as, and by whose word' })
  @ApiResponse({ status: 200, description: 'The way of this request', schema: described(view) })
  look(@Req() request: FastifyRequest): AddressView {
    const header = request.headers['x-forwarded-for'];
    const hops = typeof header === 'string' && header !== '' ? header.split(',').slice(-HOPS_MAX) : [];
    return {
      address: this.addresses.ofRequest(request),
      connection: request.raw.socket.remoteAddress ?? null,
      isProxyTrusted: this.addresses.isTrustedProxy(request),
      forwarded: hops.map((hop) => {
        const text = hop.trim().slice(0, HOP_CHARS_MAX);
        return { text, trusted: this.trusted.has(text) };
      }),
      trustProxy: [...this.config.trustProxy],
    };
  }
}
