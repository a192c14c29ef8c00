import { formatNumber } from '../../i18n/formats.js';
import { t } from '../texts.js';

const RULES = {
  jump: 'ruleJump',
  'not-hash-like': 'ruleNotHashLike',
  'count-off-sketch': 'ruleCountOffSketch',
  'more-people-than-hits': 'ruleMorePeopleThanHits',
  'late-change': 'ruleLateChange',
  'register-fell': 'ruleRegisterFell',
} as const;

export interface Found {
  rule: string;
  measured: number | null;
  threshold: number | null;
}

/** What a rule has against a report, and how far it is from what may be. */
export function ruleText({ rule, measured, threshold }: Found): string {
  const text = Object.hasOwn(RULES, rule) ? t(RULES[rule as keyof typeof RULES]) : t('ruleOther', { rule });
  if (measured === null || threshold === null) return text;
  return `${text} ${t('ruleMeasured', { measured: figure(measured), threshold: figure(threshold) })}`;
}

/** Probabilities are too small for the usual digits. */
function figure(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : formatNumber(value);
}
