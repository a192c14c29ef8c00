import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock } from '../../src/clock/clock.js';
import { loadConfig } from '../../src/config/load-config.js';
import { StoredAccessKeys } from '../../src/http/access-keys.js';
import { LocalSockets } from '../../src/http/local-requests.js';
import { ClockAgreement } from '../../src/keys/clock-agreement.js';
import { KeyHolder } from '../../src/keys/key-holder.js';
import { createApp } from '../../src/node.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { MemoryBackups } from '../../src/storage/memory/memory-backups.js';
import { MemoryCountStore } from '../../src/storage/memory/memory-count-store.js';
import { MemoryRecords } from '../../src/storage/memory/memory-records.js';

export interface MemoryApp {
  app: NestFastifyApplication;
  records: MemoryRecords;
  keys: KeyHolder;
  nodeKey: NodeKey;
}

/** A whole node on memory stores, without a port and without a schedule. */
export async function startMemoryApp(env: Record<string, string>, clock: Clock): Promise<MemoryApp> {
  const config = loadConfig(env);
  const records = new MemoryRecords();
  const nodeKey = NodeKey.generate();
  const keys = await KeyHolder.open({
    file: { read: async () => null, replace: async () => undefined },
    clock,
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    scheme: 'ip-ua/1',
    blind: !config.counting,
  });
  const app = await createApp({
    ...{ config, clock, records, nodeKey, keys, exchanges: false },
    counts: new MemoryCountStore(clock),
    agreement: new ClockAgreement(clock, () => 0, true),
    accessKeys: new StoredAccessKeys(records.accessKeys, clock, config),
    localRequests: new LocalSockets(),
    ...{ backups: new MemoryBackups(), restart: () => undefined },
  });
  return { app, records, keys, nodeKey };
}
