import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { History, Now, ScopeNow } from '../../src/stats/counts.js';
import { formatInstant } from '../i18n/formats.js';
import { Chart } from '../shared/chart.js';
import { Figure } from '../shared/figure.js';
import { LOADING, type Loaded, loadedFrom } from '../shared/loaded.js';
import { Panel } from '../shared/states.js';
import { WINDOWS, WindowChoice, type WindowName, windowText } from '../shared/windows.js';
import { t } from './texts.js';

const now = signal<Loaded<Now>>(LOADING);
const history = signal<Loaded<History>>(LOADING);

async function read(): Promise<void> {
  [now.value, history.value] = await Promise.all([
    loadedFrom('/v1/now', now.value),
    loadedFrom('/v1/history?days=400', history.value),
  ]);
}

const DAYS: Record<WindowName, number> = { '1d': 2, '7d': 7, '30d': 30, all: 400 };

/** How many people there are now, and how it came to that. */
export function Overview() {
  const window = useSignal<WindowName>('30d');
  useEffect(() => void read(), []);
  return (
    <>
      <h1 class="frame-title">{t('overview')}</h1>
      <Panel of={now.value} onRetry={read}>
        {({ federated, global, local, asOf }) => (
          <>
            {federated && global && <Scope title={t('everywhere')} scope={global} />}
            <Scope title={t('here')} scope={local} />
            <p class="soft small">{t('asOf', { time: formatInstant(asOf, 'local') })}</p>
          </>
        )}
      </Panel>
      <section class="sheet">
        <WindowChoice
          value={window.value}
          onChoose={(chosen) => {
            window.value = chosen;
          }}
        />
        <Panel of={history.value} onRetry={read}>
          {({ days }) => (
            <Chart title={t('historyTitle')} unit={t('peopleADay')} days={days.slice(-DAYS[window.value])} />
          )}
        </Panel>
      </section>
    </>
  );
}

function Scope({ title, scope }: { title: string; scope: ScopeNow }) {
  return (
    <section class="sheet">
      <h2>{title}</h2>
      <div class="figures">
        {WINDOWS.map((name) => (
          <Figure key={name} label={windowText(name)} uniques={scope.windows[name]} />
        ))}
      </div>
    </section>
  );
}
