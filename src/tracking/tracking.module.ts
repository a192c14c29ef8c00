import { randomInt } from 'node:crypto';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { ClientAddress } from '../http/client-address.js';
import type { ErrorStyle } from '../http/problem-filter.js';
import { RateLimit } from '../http/rate-limit.js';
import { CONFIG } from '../http/tokens.js';
import { BatchController } from './batch.controller.js';
import { BrowserHits } from './browser-hits.js';
import { LiveVisitors } from './live-visitors.js';
import { TrackingController } from './tracking.controller.js';
import { TrackingService } from './tracking.service.js';

/** A page of another site can read why its hit was refused, also when the refusal came before any controller. */
export const trackingErrors: ErrorStyle = {
  covers: (path) => path === '/v1/hits' || path === '/v1/hit.gif',
  headers: { 'access-control-allow-origin': '*' },
};

@Module({
  providers: [
    TrackingService,
    BrowserHits,
    LiveVisitors,
    {
      provide: ClientAddress,
      inject: [CONFIG],
      useFactory: (config: Pick<Config, 'trustProxy'>) => new ClientAddress(config.trustProxy),
    },
    {
      provide: RateLimit,
      inject: [CONFIG],
      useFactory: (config: Pick<Config, 'hitsPerMinute'>) =>
        new RateLimit(config.hitsPerMinute, randomInt(2 ** 32)),
    },
  ],
  exports: [TrackingService, BrowserHits, LiveVisitors, ClientAddress, RateLimit],
})
export class TrackingModule {}

@Module({})
class TrackingRoutesModule {}

/** Visits come in. A node that does not count has no such routes at all: they answer 404 like any unknown one. */
export function trackingModule(config: Pick<Config, 'counting'>): DynamicModule {
  return {
    module: TrackingRoutesModule,
    imports: [TrackingModule],
    controllers: config.counting ? [TrackingController, BatchController] : [],
  };
}
