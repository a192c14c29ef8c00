import type { Config } from '../config/config.js';
import { type Chain, keyNameOf } from '../identity/chain.js';
import { epochsOfDay, lastDayOfEpoch } from '../identity/epoch-calendar.js';
import type { KeyHolder } from '../keys/key-holder.js';
import { openCard } from '../protocol/card.js';
import type { PeerStore } from '../storage/peer-store.js';
import type { ReportTerms } from './report-issuer.js';

/** Whoever holds key and sketch can test a small sketch for a person, so small days go to them as counts only. */
const MINIMUM_FOR_KEY_HOLDERS = 100;

export type ReportingConfig = Pick<Config, 'counting' | 'role' | 'sketchMinimum'>;

/** What our reports say just now, by the keyring and by who will read them. Null on a node that counts no site. */
export async function reportTerms(
  keys: KeyHolder,
  config: ReportingConfig,
  peers: PeerStore,
): Promise<ReportTerms | null> {
  if (!config.counting) return null;
  const { federation, scheme, calendar, chain, firstDay } = keys.current.current;
  return {
    federation,
    identity: scheme,
    keyNames: (day) => {
      const [own, next] = epochsOfDay(calendar, day);
      return [nameOf(chain, own), nameOf(chain, next)];
    },
    isLastOfEpoch: (day) => lastDayOfEpoch(calendar, epochsOfDay(calendar, day)[0]) === day,
    firstDay,
    sketchMinimum: config.sketchMinimum ?? (await defaultMinimum(config, peers)),
  };
}

/** Days before the calendar begins have no key. */
function nameOf(chain: Chain, epoch: number): string {
  return keyNameOf(chain, epoch) ?? '';
}

/** A node that joined a hub by an invite is a member, whatever its configuration calls it. */
async function defaultMinimum(config: ReportingConfig, peers: PeerStore): Promise<number> {
  if (config.role === 'peer') return MINIMUM_FOR_KEY_HOLDERS;
  const hubs = (await peers.peers()).filter((peer) => peer.role === 'hub');
  const isRead = hubs.some((hub) => openCard(hub.card).counting);
  return isRead || (config.role === 'member' && hubs.length === 0) ? MINIMUM_FOR_KEY_HOLDERS : 0;
}
