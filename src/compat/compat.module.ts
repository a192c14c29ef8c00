import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { TrackingModule } from '../tracking/tracking.module.js';
import { AddonCountsController, AddonTrackController } from './addon-counter.controller.js';
import { CookieCounterAdminController, CookieCounterPingController } from './cookie-counter.controller.js';
import { LegacyAdminController } from './legacy-admin.controller.js';
import { LegacyReports } from './legacy-reports.js';

@Module({ imports: [TrackingModule], providers: [LegacyReports] })
class CompatModule {}

const readers = [CookieCounterAdminController, AddonCountsController, LegacyAdminController];
const trackers = [CookieCounterPingController, AddonTrackController];

/**
 * The routes of the earlier systems. COUNTS_READER must be bound in a global module. A node that does not count has
 * only those that read.
 */
export function compatModule(config: Pick<Config, 'counting'>): DynamicModule {
  return { module: CompatModule, controllers: config.counting ? [...readers, ...trackers] : readers };
}
