import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { HeldReport, OriginView } from '../../../src/federation/origin-view.js';
import type { EvidenceView } from '../../../src/federation/preview-views.js';
import { formatAge, formatDay, formatNumber } from '../../i18n/formats.js';
import { LOADING, type Loaded, loadedFrom } from '../../shared/loaded.js';
import { send } from '../../shared/session.js';
import { Notice, Panel } from '../../shared/states.js';
import { Decision } from '../decision.js';
import { t } from '../texts.js';
import { isAdministrator } from '../who.js';
import { Effect } from './effect.js';
import { readFederation } from './feeds.js';
import { nameOf } from './health.js';
import { JumpChart } from './jump-chart.js';
import { peopleText } from './people.js';
import { RegisterHistogram } from './register-histogram.js';
import { ruleText } from './rule-text.js';

/** Every report that a rule or a person holds back, with what speaks against it. */
export function Held({ origins }: { origins: readonly OriginView[] }) {
  const all = origins.flatMap((origin) => origin.held.map((report) => ({ origin, report })));
  if (all.length === 0) return <Notice title={t('heldNothing')}>{t('heldNothingText')}</Notice>;
  return (
    <>
      {all.map(({ origin, report }) => (
        <HeldSheet key={`${origin.node} ${report.day}`} origin={origin} report={report} />
      ))}
    </>
  );
}

interface HeldProps {
  origin: OriginView;
  report: HeldReport;
}

function HeldSheet({ origin, report }: HeldProps) {
  const about = { name: nameOf(origin), day: formatDay(report.day) };
  return (
    <section class="sheet">
      <div class="section-head">
        <h2>{t('heldOf', about)}</h2>
        {isAdministrator() && <Release origin={origin} report={report} />}
        {isAdministrator() && <ExcludeDay origin={origin} report={report} />}
      </div>
      <p>{ruleText(report)}</p>
      <dl class="facts">
        <Fact
          name={t('heldClaims')}
          value={t('peopleAndHits', {
            people: claimText(report),
            hits: formatNumber(report.hits),
          })}
        />
        <Fact
          name={t('heldMeanwhile')}
          value={
            report.counted
              ? t('peopleAndHits', {
                  people: claimText(report.counted),
                  hits: formatNumber(report.counted.hits),
                })
              : t('heldNoneCounts')
          }
        />
        <Fact name={t('heldSince')} value={formatAge(report.since, Date.now())} />
      </dl>
      <Evidence node={origin.node} day={report.day} />
    </section>
  );
}

function claimText({ uniques, low, high }: Pick<HeldReport, 'uniques' | 'low' | 'high'>): string {
  return peopleText({ estimate: uniques, low, high });
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Release({ origin: { node, ...origin }, report: { day } }: HeldProps) {
  const decide = async (why: string) => {
    await send('POST', '/v1/admin/federation/release', { node, day, why });
    await readFederation();
  };
  return (
    <Decision
      action={t('release')}
      about={`${nameOf({ ...origin, node })}, ${formatDay(day)}`}
      decide={decide}
    >
      <p>{t('releaseText')}</p>
      <Effect node={node} day={day} action="release" />
    </Decision>
  );
}

function ExcludeDay({ origin: { node, ...origin }, report: { day } }: HeldProps) {
  const decide = async (why: string) => {
    await send('POST', '/v1/admin/federation/rulings', { node, day, verdict: 'exclude', why });
    await readFederation();
  };
  return (
    <Decision
      action={t('excludeDay')}
      about={`${nameOf({ ...origin, node })}, ${formatDay(day)}`}
      decide={decide}
    >
      <p>{t('excludeDayText')}</p>
      <Effect node={node} day={day} action="exclude" />
    </Decision>
  );
}

function Evidence({ node, day }: { node: string; day: string }) {
  const evidence = useSignal<Loaded<EvidenceView & { asOf: string }>>(LOADING);
  const read = async () => {
    const { value, failure } = await loadedFrom<EvidenceView>(
      `/v1/admin/federation/held/${node}/${day}`,
      LOADING,
    );
    evidence.value = { value: value && { ...value, asOf: new Date().toISOString() }, failure };
  };
  useEffect(() => void read(), [node, day]);
  return (
    <Panel of={evidence.value} onRetry={() => void read()}>
      {({ sketches, history, held }) => (
        <div class="beside">
          <JumpChart history={history} day={day} claimed={held} />
          {sketches.slice(0, 1).map((sketch) => (
            <RegisterHistogram key={sketch.keyName} sketch={sketch} />
          ))}
        </div>
      )}
    </Panel>
  );
}
