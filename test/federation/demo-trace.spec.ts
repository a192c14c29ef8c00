import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseLogLine } from '../../src/access-log/log-line.js';
import { readLog } from '../../src/access-log/log-lines.js';
import type * as demo from '../../src/demo/demo.js';
import type { TotalBundle } from '../../src/federation/total-bundle.js';
import { ByteSearch, filesBelow } from './byte-search.js';

const BUILT_DEMO = fileURLToPath(new URL('../../dist/demo/demo.js', import.meta.url));
const LOG = fileURLToPath(new URL('../data/access.log', import.meta.url));
const silent = { step: () => undefined, sent: () => undefined };

let federation: demo.DemoFederation;
let outcome: demo.DemoOutcome;
let bundle: TotalBundle;
beforeAll(async () => {
  const { DemoFederation, runDemo } = (await import(BUILT_DEMO)) as typeof demo;
  federation = await DemoFederation.start(silent);
  outcome = await runDemo(federation, silent);
  bundle = await federation.hub.client.get<TotalBundle>('/v1/admin/total');
  // Stopped, so that nothing waits in memory to be written, and the folder stays until it was searched.
  for (const node of [federation.hub, ...federation.members]) await node.stop();
}, 120_000);
afterAll(() => federation?.stop());

/** Every address and user agent of the log that was replayed. */
async function visitorsOfTheLog(): Promise<{ addresses: Set<string>; agents: Set<string> }> {
  const addresses = new Set<string>();
  const agents = new Set<string>();
  for await (const text of readLog(createReadStream(LOG))) {
    const line = parseLogLine(text);
    if (!line) continue;
    addresses.add(line.address);
    if (line.userAgent) agents.add(line.userAgent);
  }
  return { addresses, agents };
}

describe('after the demo', () => {
  it('every figure is right within 3 %, and repetition changed no unique count', () => {
    const { global, instances, repeated, resent } = outcome;
    for (const row of [global, ...instances]) {
      expect(Math.abs(row.estimate - row.exact)).toBeLessThanOrEqual(Math.max(3, 0.03 * row.exact));
    }
    expect(repeated).toMatchObject({
      global: global.estimate,
      instances: instances.map((row) => row.estimate),
    });
    expect(resent.global).toBe(global.estimate);
  });

  it('no file, no printed line and no report holds an address or a user agent of the log', async () => {
    const { addresses, agents } = await visitorsOfTheLog();
    expect(addresses.size).toBeGreaterThan(1700);
    expect(agents.size).toBeGreaterThan(300);
    const search = new ByteSearch([...addresses, ...agents]);
    const files = await filesBelow(federation.folder);
    expect([...files.keys()].filter((name) => /\.(db|sqlite)/.test(name)).length).toBeGreaterThanOrEqual(4);
    const printed = [federation.hub, ...federation.members].map((node) => node.printed).join('\n');
    expect(printed).toContain('is running at');
    const payloads = bundle.slots.map(({ accepted }) => {
      const { payload } = JSON.parse(accepted) as { payload: string };
      return Buffer.from(payload, 'base64').toString();
    });
    expect(payloads.length).toBeGreaterThan(3);
    files.set('printed', Buffer.from(printed));
    files.set('reports', Buffer.from(payloads.join('\n')));
    files.set('bundle', Buffer.from(JSON.stringify(bundle)));
    const found = [...files].flatMap(([name, bytes]) => search.in(bytes).map((what) => `${name}: ${what}`));
    expect(found).toEqual([]);
  });
});
