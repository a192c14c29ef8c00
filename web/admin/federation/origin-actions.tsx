import type { OriginView } from '../../../src/federation/origin-view.js';
import { send } from '../../shared/session.js';
import { Decision } from '../decision.js';
import { t } from '../texts.js';
import { Effect } from './effect.js';
import { readFederation } from './feeds.js';
import { isExcluded, nameOf } from './health.js';

/** What may be decided of an origin as it stands. */
export function OriginActions({ origin }: { origin: OriginView }) {
  if (origin.role === 'self' || origin.status === 'pending') return null;
  return isExcluded(origin) ? <Lift origin={origin} /> : <Exclude origin={origin} />;
}

function Exclude({ origin: { node, ...origin } }: { origin: OriginView }) {
  const decide = async (why: string) => {
    await send('POST', '/v1/admin/federation/rulings', { node, verdict: 'exclude', why });
    await readFederation();
  };
  return (
    <Decision action={t('exclude')} about={nameOf({ ...origin, node })} decide={decide}>
      <p>{t('excludeText')}</p>
      <Effect node={node} day={null} action="exclude" />
    </Decision>
  );
}

function Lift({ origin: { node, ...origin } }: { origin: OriginView }) {
  const decide = async (why: string) => {
    await send('DELETE', `/v1/admin/federation/rulings/${node}?${new URLSearchParams({ why })}`);
    await readFederation();
  };
  return (
    <Decision action={t('include')} about={nameOf({ ...origin, node })} decide={decide}>
      <p>{t('includeText')}</p>
      <Effect node={node} day={null} action="lift" />
    </Decision>
  );
}
