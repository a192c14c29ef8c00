import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { followCounts } from '../shared/node-counts.js';
import { CopyLine } from './copy-line.js';
import { StepTitle } from './step-title.js';
import { t } from './texts.js';

/** The snippet, and the first visitor as they arrive. */
export function SiteStep() {
  const people = useSignal(0);
  useEffect(
    () =>
      followCounts('', (now) => {
        if (now) people.value = now.local.windows['1d'].estimate ?? 0;
      }),
    [],
  );
  const hasCome = people.value > 0;
  return (
    <section class="sheet stack">
      <StepTitle step="stepSite" />
      <p>{t('snippetIntro')}</p>
      <CopyLine text={`<script defer src="${location.origin}/tracker.js"></script>`} />
      <p class="soft small">
        {t('snippetOther')} <a href="/docs">/docs</a>
      </p>
      <p class={hasCome ? 'waiting waiting-over' : 'waiting'} role="status">
        {hasCome ? t('visitCame', { count: people.value }) : t('waitingForVisit')}
      </p>
      <a class={hasCome ? 'button button-main' : 'button'} href="/admin">
        {t('toDashboard')}
      </a>
    </section>
  );
}
