import type { Role } from '../config/config.js';
import type { KeyPin } from '../storage/peer-store.js';
import type { ExchangeState } from './core/exchange.js';
import type { CatchUp } from './core/reconciliation.js';

export interface ExchangeView {
  url: string;
  node: string | null;
  state: ExchangeState;
  pin: KeyPin | null;
  lastError: string | null;
  /** How far the comparison under way has come; null while none is, or nothing differs. */
  catchUp: CatchUp | null;
}

/** What `headcount status` shows. */
export interface NodeStatus {
  node: string;
  /** The node id as words, for comparing. */
  words: string;
  name: string | null;
  role: Role;
  counting: boolean;
  software: string;
  federation: string | null;
  today: { day: string; hits: number; dropped: Readonly<Record<string, number>> };
  exchanges: ExchangeView[];
  /** Requests and reports that were refused since the node started, by reason. */
  refused: Readonly<Record<string, number>>;
  totalAsOf: string | null;
  /** Address of the hub whose total is shown; null for a node that computes it itself, or has none. */
  totalFrom: string | null;
  warnings: string[];
}
