import * as z from 'zod';
import { CARD_BYTES_MAX, type NodeCard, openCard, readSignedBy } from './card.js';
import { signEnvelope } from './envelope.js';
import type { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';
import { parseStrictJson } from './strict-json.js';

const ABOVE_BYTES_MAX = 2 * CARD_BYTES_MAX;
const aboveSchema = z.looseObject({ v: z.literal(1), card: z.string().min(1).max(CARD_BYTES_MAX) });

/** Who publishes the total of the whole tree: its card, as its envelope and opened. */
export interface Above {
  envelope: string;
  card: NodeCard;
}

/** A hub below another one says to its members whose total that is which it passes on. */
export function signAbove(card: string, key: NodeKey): string {
  return signEnvelope('above', { v: 1, card }, key);
}

/** Throws Refusal for what that hub did not sign, and for a card that is none. */
export function openAbove(text: string, hub: NodeCard): Above {
  const { payload } = readSignedBy(hub, text, 'above', ABOVE_BYTES_MAX);
  const said = aboveSchema.safeParse(parseStrictJson(payload));
  if (!said.success) throw new Refusal('bad-schema');
  return { envelope: said.data.card, card: openCard(said.data.card) };
}
