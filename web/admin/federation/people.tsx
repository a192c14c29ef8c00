import { rounded, type Uncertain } from '../../../src/sketch/rounded.js';
import { formatNumber } from '../../i18n/formats.js';
import { t } from '../texts.js';

/** How every table and every list of facts says a number of people: `12,300 (12,000 – 12,600)`. */
export function People(uniques: Uncertain) {
  const [people, interval] = partsOf(uniques);
  return (
    <>
      {people} <span class="soft small interval">{interval}</span>
    </>
  );
}

/** The same where there is room for a text only. */
export function peopleText(uniques: Uncertain): string {
  return partsOf(uniques).join(' ').trim();
}

function partsOf(uniques: Uncertain): [people: string, interval: string] {
  const { estimate, low, high } = rounded(uniques);
  const range = `${formatNumber(low)} – ${formatNumber(high)}`;
  if (estimate === null) return [range, ''];
  return [formatNumber(estimate), `(${low === high ? t('exact') : range})`];
}
