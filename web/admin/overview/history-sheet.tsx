import type { HistoryDay } from '../../../src/stats/counts.js';
import type { PeriodView } from '../../../src/stats/local-overview.js';
import { formatNumber } from '../../i18n/formats.js';
import { addDays } from '../../shared/days.js';
import { Figure } from '../../shared/figure.js';
import { Segmented } from '../../shared/segmented.js';
import { Panel } from '../../shared/states.js';
import { formatDays } from '../formats.js';
import { LoadedPart } from '../loaded-part.js';
import { setFilters } from '../location.js';
import { useRefreshed } from '../refreshing.js';
import { t } from '../texts.js';
import { Export } from './export.js';
import { history, period, privacy } from './feeds.js';
import { keptOf } from './kept.js';
import { daysBefore, earliest, isComparing, PRESETS, type Range, range, scope, today } from './range.js';

const loadChart = () => import('../chart.js');

export function useHistory(): void {
  const { from, to } = range();
  useRefreshed(history.read, [scope()]);
  useRefreshed(period.read, [from, to]);
  useRefreshed(privacy.read);
}

/** A value a day for any days, beside as many days before them. */
export function HistorySheet({ federated }: { federated: boolean }) {
  const shown = range();
  return (
    <section class="sheet history-sheet">
      <div class="section-head">
        <h2>{t('historyTitle')}</h2>
        <Export />
      </div>
      <Choices federated={federated} shown={shown} />
      <Panel of={history.state.value} onRetry={history.read}>
        {({ days }) => <Picture days={days} shown={shown} />}
      </Panel>
      {scope() === 'local' || !federated ? (
        <Panel of={period.state.value} onRetry={period.read}>
          {(value) => <PeriodFigures {...value} />}
        </Panel>
      ) : (
        <p class="soft small">{t('periodGlobalNote')}</p>
      )}
    </section>
  );
}

function Picture({ days, shown }: { days: readonly HistoryDay[]; shown: Range }) {
  const chosen = days.filter(({ day }) => day >= shown.from && day <= shown.to);
  const previous = isComparing() ? daysBefore(days, shown) : null;
  return (
    <LoadedPart load={loadChart}>
      {({ Chart }) => (
        <Chart
          title={formatDays(shown.from, shown.to)}
          unit={t('peopleADay')}
          days={chosen}
          previous={previous}
        />
      )}
    </LoadedPart>
  );
}

function Choices({ federated, shown }: { federated: boolean; shown: Range }) {
  const presets = PRESETS.map((days) => ({ value: String(days), text: t('lastDays', { count: days }) }));
  const isPreset = shown.to === today() && PRESETS.some((days) => days === shown.length);
  return (
    <div class="choices screen-only">
      {federated && (
        <Segmented
          label={t('scopeLabel')}
          options={[
            { value: 'global', text: t('everywhere') },
            { value: 'local', text: t('here') },
          ]}
          value={scope()}
          onChoose={(value) => setFilters({ scope: value === 'global' ? null : value })}
        />
      )}
      <Segmented
        label={t('rangeLabel')}
        options={presets}
        value={isPreset ? String(shown.length) : ''}
        onChoose={(days) => setFilters({ days: days === '30' ? null : days, from: null, to: null })}
      />
      <DayField
        label={t('rangeFrom')}
        value={shown.from}
        max={shown.to}
        onChoose={(from) => setFilters({ from, to: shown.to, days: null })}
      />
      <DayField
        label={t('rangeTo')}
        value={shown.to}
        min={shown.from}
        onChoose={(to) => setFilters({ from: shown.from, to, days: null })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={isComparing()}
          onChange={(event) => setFilters({ compare: event.currentTarget.checked ? 'previous' : null })}
        />
        <span>{t('comparePrevious')}</span>
      </label>
    </div>
  );
}

interface DayFieldProps {
  label: string;
  value: string;
  min?: string;
  max?: string;
  onChoose(day: string): void;
}

function DayField({ label, value, min = addDays(earliest(), 1), max = today(), onChoose }: DayFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="date"
        value={value}
        min={min}
        max={max}
        onChange={(event) => event.currentTarget.checkValidity() && onChoose(event.currentTarget.value)}
      />
    </label>
  );
}

function PeriodFigures({ period, previous }: { period: PeriodView; previous: PeriodView }) {
  return (
    <>
      <div class="figures">
        {[period, previous].map((one) => (
          <PeriodFigure key={one.from} {...one} />
        ))}
      </div>
      <p class="soft small">
        {t('periodNote', { hits: formatNumber(period.hits), visitorDays: formatNumber(period.visitorDays) })}
      </p>
    </>
  );
}

function PeriodFigure(period: PeriodView) {
  const kept = keptOf(period);
  const { from, to } = kept ?? period;
  const label = formatDays(from, to);
  if (kept) return <Figure label={label} uniques={kept.uniques} />;
  return (
    <figure class="figure figure-normal">
      <figcaption class="figure-label">{label}</figcaption>
      <p class="figure-interval">{t('notKept')}</p>
    </figure>
  );
}
