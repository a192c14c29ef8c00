import { rounded, type Uncertain } from '../../src/sketch/rounded.js';
import { formatNumber } from '../i18n/formats.js';
import { Scale } from './scale.js';
import { t } from './texts.js';

export interface FigureProps {
  label: string;
  uniques: Uncertain & { dedup: 'full' | 'bounded' | 'none' };
  /** `headline`: the one number of a page. */
  size?: 'headline' | 'normal';
}

/** A number of people with its error: every page shows every uncertain number like this. */
export function Figure({ label, uniques, size = 'normal' }: FigureProps) {
  const { estimate, low, high } = rounded(uniques);
  const isBetween = estimate === null || uniques.dedup === 'bounded';
  const interval = t('between', { low, high });
  return (
    <figure class={`figure figure-${size}${isBetween ? ' between' : ''}`}>
      <figcaption class="figure-label">{label}</figcaption>
      <p class="figure-number">
        {isBetween ? `${formatNumber(low)} – ${formatNumber(high)}` : formatNumber(estimate)}
      </p>
      <Scale estimate={isBetween ? null : estimate} low={low} high={high} />
      <p class="figure-interval">{isBetween ? t('boundedNote') : low === high ? t('exact') : interval}</p>
    </figure>
  );
}
