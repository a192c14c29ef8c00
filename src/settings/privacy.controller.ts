import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import type { Config } from '../config/config.js';
import { described } from '../http/openapi-schema.js';
import { CONFIG } from '../http/tokens.js';
import { KeyHolder } from '../keys/key-holder.js';
import { Retention } from '../retention/retention.js';
import type { PrivacyFacts } from './privacy-facts.js';

const facts = z.object({
  name: z.string().nullable(),
  counting: z.boolean(),
  visitor: z.enum(['ip-ua', 'ip', 'cookie', 'site-id']).meta({ description: 'What stands for a person' }),
  honoursDoNotTrack: z.boolean(),
  ignoresSomeAddresses: z.boolean(),
  keptDays: z.int(),
  epochDays: z.int().meta({ description: 'How long one secret key is in use' }),
  keysGoneAfterDays: z.int().meta({ description: 'Days after a visit by when its keys are destroyed' }),
  federation: z.string().nullable().meta({ description: 'Its name; null for a node that stands alone' }),
  role: z.enum(['standalone', 'member', 'peer', 'hub']),
  publicCounts: z.boolean(),
}) satisfies z.ZodType<PrivacyFacts>;

/** A visit is counted under the key of its epoch and of the next; keys outlive their epoch by so much. */
const KEY_AFTERLIFE_DAYS = 2;

/** What is kept of a visit, by the settings in effect. */
@ApiTags('stats')
@Controller('v1/privacy')
export class PrivacyController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly keys: KeyHolder,
    private readonly retention: Retention,
  ) {}

  @Get()
  @Header('cache-control', 'no-cache')
  @ApiOperation({ summary: 'What this node counts, keeps and gives away, for a page about privacy' })
  @ApiResponse({ status: 200, description: 'By the settings in effect', schema: described(facts) })
  async facts(): Promise<PrivacyFacts> {
    const { name, counting, visitor, honourDoNotTrack, ignoreAddresses, role, publicCounts } = this.config;
    const { current } = this.keys.current;
    return {
      ...{ name, counting, visitor, role, publicCounts },
      honoursDoNotTrack: honourDoNotTrack,
      ignoresSomeAddresses: ignoreAddresses.length > 0,
      keptDays: await this.retention.keptDays(),
      epochDays: current.calendar.epochDays,
      keysGoneAfterDays: 2 * current.calendar.epochDays + KEY_AFTERLIFE_DAYS,
      federation: current.name === '' ? null : current.name,
    };
  }
}
