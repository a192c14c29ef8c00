import type { Day } from '../clock/day.js';
import type { Effect } from './core/effect.js';
import type { Supposed } from './core/effects.js';
import type { HeldEvidence } from './core/judgement/held-evidence.js';
import type { HeldReport } from './origin-view.js';

export interface EffectView extends Effect {
  node: string;
  day: Day | null;
  action: Supposed['action'];
  asOf: string;
}

export interface EvidenceView extends HeldEvidence {
  node: string;
  held: HeldReport;
}
