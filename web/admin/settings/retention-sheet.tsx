import { useSignal } from '@preact/signals';
import type { ForgettingView, RetentionView } from '../../../src/retention/retention.controller.js';
import { formatNumber } from '../../i18n/formats.js';
import { send } from '../../shared/session.js';
import { Panel } from '../../shared/states.js';
import { ActionForm } from '../action-form.js';
import { Decision } from '../decision.js';
import { formatFullDay } from '../formats.js';
import { t } from '../texts.js';
import { readSettings, retention } from './feeds.js';

const PATH = '/v1/admin/retention';

/** How long days are kept; what another number would forget is shown before it does. */
export function RetentionSheet() {
  return (
    <section class="sheet">
      <h2>{t('retentionTitle')}</h2>
      <Panel of={retention.state.value} onRetry={retention.read}>
        {(view) => <Keep key={view.keptDays} {...view} />}
      </Panel>
    </section>
  );
}

function Keep({ keptDays, limits }: RetentionView) {
  const days = useSignal(keptDays);
  const preview = useSignal<ForgettingView | null>(null);
  const look = async () => {
    preview.value = await send('POST', PATH, { keptDays: days.value, dryRun: true });
  };
  const keep = async () => {
    await send('POST', PATH, { keptDays: preview.value!.keptDays, dryRun: false });
    await readSettings();
  };
  return (
    <>
      <ActionForm action={t('retentionLook')} act={look}>
        <label class="field">
          <span>{t('retentionDays', limits)}</span>
          <input
            type="number"
            required
            min={limits.min}
            max={limits.max}
            value={days.value}
            onInput={(event) => (days.value = event.currentTarget.valueAsNumber)}
          />
        </label>
      </ActionForm>
      {preview.value && (
        <div class="result" role="status">
          <p>{forgettingText(preview.value)}</p>
          <Decision
            action={t('retentionKeep')}
            about={t('lastDays', { count: preview.value.keptDays })}
            asksWhy={false}
            decide={keep}
          >
            <p>{forgettingText(preview.value)}</p>
          </Decision>
        </div>
      )}
    </>
  );
}

function forgettingText({ days, hits, from, to }: ForgettingView): string {
  if (days === 0 || from === null || to === null) return t('retentionNothing');
  return t('retentionForgets', {
    count: days,
    hits: formatNumber(hits),
    from: formatFullDay(from),
    to: formatFullDay(to),
  });
}
