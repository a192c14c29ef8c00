import { addDays, dayOf } from '../../src/clock/day.js';
import { packSketch } from '../../src/protocol/sketch-transfer.js';
import { ByteSearch } from './byte-search.js';
import { addressOf, type MemoryNetwork, type TestNode } from './core-network.js';

/**
 * Whom the sketches of whom have reached, as `<reader> of <origin>`: in requests that it was sent or answers that it was
 * given, by the digests that name them, also inside of envelopes, or by their bytes.
 */
export async function sketchReaders(
  network: MemoryNetwork,
  nodes: readonly TestNode[],
  nowMs: number,
): Promise<string[]> {
  const found: string[] = [];
  for (const origin of nodes) {
    const search = new ByteSearch(await sketchTextsOf(origin, dayOf(nowMs)));
    for (const reader of nodes)
      if (reader !== origin && reachedBy(network, reader).some((body) => search.in(body).length > 0))
        found.push(`${reader.options.name} of ${origin.options.name}`);
  }
  return found.sort();
}

function reachedBy({ requests, answers }: MemoryNetwork, { options: { name } }: TestNode): Uint8Array[] {
  const own = addressOf(name).url;
  const sent = requests.filter(({ url }) => new URL(url).origin === own).map(({ body }) => body);
  const answered = answers.filter(({ to }) => to === own).map(({ body }) => body);
  return [...sent, ...answered].filter((body) => body !== null);
}

async function sketchTextsOf({ nodeId, records: { ledger } }: TestNode, today: string): Promise<string[]> {
  const texts: string[] = [];
  for (const { accepted } of await ledger.slots(addDays(today, -62), today)) {
    if (accepted.origin !== nodeId) continue;
    for (const digest of Object.values(accepted.report.sketches)) {
      const bytes = (await ledger.sketch(digest))!;
      texts.push(digest, Buffer.from(packSketch(bytes)).toString('base64'));
    }
  }
  return texts;
}
