import { addDays, type Day } from '../clock/day.js';
import { DEFAULT_EPOCH_DAYS, epochOf } from './epoch-calendar.js';
import { chainName, EPOCH_KEY_BYTES, keyCheckValue } from './epoch-key.js';
import type { FederationLine } from './federation-line.js';
import type { VisitorScheme } from './visitor-scheme.js';

/** So many fresh random bytes. */
export type RandomBytes = (count: number) => Uint8Array;

export interface Founding {
  random: RandomBytes;
  today: Day;
  scheme: VisitorScheme;
  /** For people; may be empty. */
  name?: string;
}

const FEDERATION_ID_BYTES = 16;
const DAY_ZERO_DAYS_BACK = { min: 30, max: 60 };

/**
 * A new federation of one chain, whose first key is that of today's epoch. Day zero lies 30 to 60 days back at
 * random, so that federations don't all turn over on one day.
 */
export function foundFederation({ random, today, scheme, name = '' }: Founding): FederationLine {
  const calendar = { dayZero: randomDayZero(random, today), epochDays: DEFAULT_EPOCH_DAYS };
  const key = Uint8Array.from(random(EPOCH_KEY_BYTES));
  return {
    federation: Buffer.from(random(FEDERATION_ID_BYTES)).toString('base64url'),
    name,
    calendar,
    scheme,
    chain: { name: chainName(key), epoch: epochOf(calendar, today), key, check: keyCheckValue(key) },
  };
}

function randomDayZero(random: RandomBytes, today: Day): Day {
  const { min, max } = DAY_ZERO_DAYS_BACK;
  const roll = Buffer.from(random(4)).readUInt32BE() % (max - min + 1);
  return addDays(today, -(min + roll));
}
