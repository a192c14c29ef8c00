import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AccountsModule } from './accounts/accounts.module.js';
import { BackupModule } from './backup/backup.module.js';
import { BadgeModule } from './badge/badge.module.js';
import type { Clock } from './clock/clock.js';
import { compatModule } from './compat/compat.module.js';
import type { Config } from './config/config.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { federationModule } from './federation/federation.module.js';
import type { AccessKeys } from './http/access-keys.js';
import { Admission } from './http/admission.js';
import type { LocalRequests } from './http/local-requests.js';
import { defaultServerLimits, type ServerLimits } from './http/server-limits.js';
import {
  ACCESS_KEYS,
  AUDIT_LOG,
  BACKUPS,
  CLOCK,
  CONFIG,
  COUNT_STORE,
  LEGACY_REPORT_STORE,
  LOCAL_REQUESTS,
  RECORDS,
  RESTART,
  SERVER_LIMITS,
  VISITOR_IDS,
} from './http/tokens.js';
import type { ClockAgreement } from './keys/clock-agreement.js';
import type { KeyHolder } from './keys/key-holder.js';
import { keysModule } from './keys/keys.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import type { NodeKey } from './protocol/node-key.js';
import { RetentionModule } from './retention/retention.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { StatsModule } from './stats/stats.module.js';
import type { Backups } from './storage/backups.js';
import type { CountStore } from './storage/count-store.js';
import type { Records } from './storage/records.js';
import { trackingModule } from './tracking/tracking.module.js';

/** What a node is made of. Tests hand in the memory versions and a clock of their own. */
export interface NodeParts {
  config: Config;
  clock: Clock;
  counts: CountStore;
  records: Records;
  nodeKey: NodeKey;
  keys: KeyHolder;
  agreement: ClockAgreement;
  accessKeys: AccessKeys;
  localRequests: LocalRequests;
  backups: Backups;
  /** Stops the node and starts it anew. */
  restart: () => void;
  /** Tests hand in shorter ones. */
  serverLimits?: ServerLimits;
  /** False for a node that was only opened for one command: it exchanges nothing on its own. */
  exchanges: boolean;
}

@Global()
@Module({})
class PartsModule {}

function partsModule(parts: NodeParts): DynamicModule {
  const providers = [
    { provide: CONFIG, useValue: parts.config },
    { provide: CLOCK, useValue: parts.clock },
    { provide: COUNT_STORE, useValue: parts.counts },
    { provide: RECORDS, useValue: parts.records },
    { provide: VISITOR_IDS, useValue: parts.keys },
    { provide: AUDIT_LOG, useValue: parts.records.audit },
    { provide: LEGACY_REPORT_STORE, useValue: parts.records.legacyReports },
    { provide: ACCESS_KEYS, useValue: parts.accessKeys },
    { provide: SERVER_LIMITS, useValue: parts.serverLimits ?? defaultServerLimits },
    { provide: LOCAL_REQUESTS, useValue: parts.localRequests },
    { provide: BACKUPS, useValue: parts.backups },
    { provide: RESTART, useValue: parts.restart },
    Admission,
  ];
  return { module: PartsModule, providers, exports: providers };
}

@Module({})
class AppModule {}

/** The one place where features meet and get their adapters. */
export function appModule(parts: NodeParts): DynamicModule {
  return {
    module: AppModule,
    imports: [
      partsModule(parts),
      ScheduleModule.forRoot(),
      MetricsModule,
      keysModule(parts.keys, parts.agreement),
      trackingModule(parts.config),
      StatsModule,
      BadgeModule,
      federationModule(parts),
      compatModule(parts.config),
      RetentionModule,
      AccountsModule,
      SettingsModule,
      BackupModule,
      DashboardModule,
    ],
  };
}
