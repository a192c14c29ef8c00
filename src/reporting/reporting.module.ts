import { type DynamicModule, Module } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { KeyHolder } from '../keys/key-holder.js';
import type { NodeKey } from '../protocol/node-key.js';
import type { Records } from '../storage/records.js';
import { OWN_COUNTS, type OwnCounts } from './own-counts.js';
import { ReportIssuer } from './report-issuer.js';
import { reportTerms } from './report-terms.js';

export interface ReportingParts {
  config: Config;
  clock: Clock;
  records: Records;
  nodeKey: NodeKey;
}

@Module({})
class ReportingModule {}

/** Our own days leave, signed. OWN_COUNTS must be bound in a global module. */
export function reportingModule(parts: ReportingParts): DynamicModule {
  return {
    module: ReportingModule,
    providers: [
      {
        provide: ReportIssuer,
        inject: [OWN_COUNTS, KeyHolder],
        useFactory: (counts: OwnCounts, keys: KeyHolder) =>
          new ReportIssuer(
            counts,
            parts.records.ledger,
            parts.nodeKey,
            () => reportTerms(keys, parts.config, parts.records.peers),
            parts.clock,
            Math.random,
          ),
      },
    ],
    exports: [ReportIssuer],
  };
}
