import { type DynamicModule, Module } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { epochsOfDay, lastDayOfEpoch } from '../identity/epoch-calendar.js';
import { keyName } from '../identity/epoch-key.js';
import { KeyHolder } from '../keys/key-holder.js';
import { openCard } from '../protocol/card.js';
import type { NodeKey } from '../protocol/node-key.js';
import type { Records } from '../storage/records.js';
import { OWN_COUNTS, type OwnCounts } from './own-counts.js';
import { ReportIssuer, type ReportTerms } from './report-issuer.js';

export interface ReportingParts {
  config: Config;
  clock: Clock;
  records: Records;
  nodeKey: NodeKey;
}

/** Whoever holds key and sketch can test a small sketch for a person, so small days go to them as counts only. */
const MINIMUM_FOR_KEY_HOLDERS = 100;

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
            () => termsOf(keys, parts),
            parts.clock,
          ),
      },
    ],
    exports: [ReportIssuer],
  };
}

async function termsOf(keys: KeyHolder, { config, records }: ReportingParts): Promise<ReportTerms | null> {
  if (!config.counting) return null;
  const { federation, scheme, calendar, chain, firstDay } = keys.current.current;
  return {
    federation,
    identity: scheme,
    keyNames: (day) => {
      const [own, next] = epochsOfDay(calendar, day);
      return [nameOf(chain.name, own), nameOf(chain.name, next)];
    },
    isLastOfEpoch: (day) => lastDayOfEpoch(calendar, epochsOfDay(calendar, day)[0]) === day,
    firstDay,
    sketchMinimum: config.sketchMinimum ?? (await defaultMinimum(config, records)),
  };
}

/** Days before the calendar begins have no key. */
function nameOf(chain: string, epoch: number): string {
  return epoch < 0 ? '' : keyName(chain, epoch);
}

async function defaultMinimum(config: Config, records: Records): Promise<number> {
  if (config.role === 'peer') return MINIMUM_FOR_KEY_HOLDERS;
  if (config.role !== 'member') return 0;
  const hubs = (await records.peers.peers()).filter((peer) => peer.role === 'hub');
  const isBlind = hubs.length > 0 && hubs.every((hub) => !openCard(hub.card).counting);
  return isBlind ? 0 : MINIMUM_FOR_KEY_HOLDERS;
}
