import type { KeyAsker, KeyOffer } from './core/key-delivery.js';

export interface JoiningView {
  /** This node's own words, for whoever endorses it. */
  words: string;
  /** Who invited this node, while it waits for the key. */
  waitingFor: { inviter: string; federation: string; url: string; expires: string } | null;
  /** It starts anew to become one that others call, which takes about a second. */
  restarting: boolean;
  requests: KeyAsker[];
  offers: KeyOffer[];
}
