import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { readJson } from '../shared/loaded.js';
import { CopyLine } from './copy-line.js';
import { StepTitle } from './step-title.js';
import { t } from './texts.js';

const EVERY_MS = 1_500;

/** The snippet, and the first visit as it arrives. */
export function SiteStep() {
  const hits = useSignal(0);
  useEffect(() => {
    const timer = setInterval(async () => {
      const status = await readJson<{ today: { hits: number } }>('/v1/admin/status').catch(() => null);
      if (status) hits.value = status.today.hits;
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const hasCome = hits.value > 0;
  return (
    <section class="sheet stack">
      <StepTitle step="stepSite" />
      <p>{t('snippetIntro')}</p>
      <CopyLine text={`<script defer src="${location.origin}/tracker.js"></script>`} />
      <p class="soft small">
        {t('snippetOther')} <a href="/docs">/docs</a>
      </p>
      <p class={hasCome ? 'waiting waiting-over' : 'waiting'} role="status">
        {hasCome ? t('visitCame', { count: hits.value }) : t('waitingForVisit')}
      </p>
      <a class={hasCome ? 'button button-main' : 'button'} href="/admin">
        {t('toDashboard')}
      </a>
    </section>
  );
}
