import { Global, Module } from '@nestjs/common';
import { COUNTS_READER } from '../compat/counts-reader.js';
import { COUNT_STORE } from '../http/tokens.js';
import { KeyHolder } from '../keys/key-holder.js';
import { OWN_COUNTS } from '../reporting/own-counts.js';
import type { CountStore } from '../storage/count-store.js';
import { TrackingModule } from '../tracking/tracking.module.js';
import { CompatCounts } from './compat-counts.js';
import { CountMetrics } from './count-metrics.js';
import { CountsService } from './counts.service.js';
import { CountsNow } from './counts-now.js';
import { HealthController } from './health.controller.js';
import { LocalOverview } from './local-overview.js';
import { LocalWindows } from './local-windows.js';
import { NodeinfoController } from './nodeinfo.controller.js';
import { OverviewController } from './overview.controller.js';
import { ReportedCounts } from './reported-counts.js';
import { StatsController } from './stats.controller.js';
import { StreamController } from './stream.controller.js';
import { UnverifiedCounts } from './unverified-counts.js';

/** Numbers go out: to readers, to the earlier systems' routes, and to our own reports. */
@Global()
@Module({
  imports: [TrackingModule],
  controllers: [StatsController, OverviewController, StreamController, NodeinfoController, HealthController],
  providers: [
    {
      provide: LocalWindows,
      inject: [COUNT_STORE, KeyHolder],
      useFactory: (store: CountStore, keys: KeyHolder) => new LocalWindows(store, keys),
    },
    {
      provide: LocalOverview,
      inject: [COUNT_STORE, LocalWindows],
      useFactory: (store: CountStore, windows: LocalWindows) => new LocalOverview(store, windows),
    },
    CountsService,
    CountMetrics,
    CountsNow,
    UnverifiedCounts,
    { provide: COUNTS_READER, useClass: CompatCounts },
    { provide: OWN_COUNTS, useClass: ReportedCounts },
  ],
  exports: [COUNTS_READER, OWN_COUNTS, CountsService, CountsNow],
})
export class StatsModule {}
