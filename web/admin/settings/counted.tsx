import { useSignal } from '@preact/signals';
import type { SettingsView } from '../../../src/settings/settings-view.js';
import { PrivacyText } from '../../privacy/privacy-text.js';
import { changeSettings } from '../../shared/change-settings.js';
import { Panel } from '../../shared/states.js';
import { ActionForm } from '../action-form.js';
import { t } from '../texts.js';
import { privacy, readSettings, settings } from './feeds.js';

const FLAGS = [
  ['publicCounts', 'setPublicCounts'],
  ['listed', 'setListed'],
  ['honourDoNotTrack', 'setHonourDoNotTrack'],
] as const;
const LISTS = [
  ['ignoreAddresses', 'setIgnoreAddresses'],
  ['trustProxy', 'setTrustProxy'],
] as const;

/** What is counted, beside what the page about privacy says because of it. */
export function Counted() {
  return (
    <div class="beside">
      <section class="sheet">
        <h2>{t('countedTitle')}</h2>
        <Panel of={settings.state.value} onRetry={settings.read}>
          {(view) => <CountedForm key={view.start} settings={view.settings} />}
        </Panel>
      </section>
      <section class="sheet">
        <h2>{t('privacyBeside')}</h2>
        <Panel of={privacy.state.value} onRetry={privacy.read}>
          {(facts) => <PrivacyText facts={facts} />}
        </Panel>
        <p class="small">
          <a href="/privacy">/privacy</a>
        </p>
      </section>
    </div>
  );
}

/** The node starts anew with what was changed. What is set by environment or file is shown and stays. */
function CountedForm({ settings: known }: Pick<SettingsView, 'settings'>) {
  const name = useSignal(String(known.name?.value ?? ''));
  const flags = useSignal(Object.fromEntries(FLAGS.map(([flag]) => [flag, known[flag]?.value === true])));
  const lists = useSignal(Object.fromEntries(LISTS.map(([list]) => [list, linesOf(known[list]?.value)])));
  const act = async () => {
    const wanted: Record<string, unknown> = {
      name: name.value.trim() || null,
      ...flags.value,
      ...Object.fromEntries(
        Object.entries(lists.value).map(([list, text]) => [list, text.split(/\s+/).filter(Boolean)]),
      ),
    };
    const changes = Object.entries(wanted).filter(
      ([key, value]) =>
        !known[key]?.fixed && JSON.stringify(value) !== JSON.stringify(known[key]?.value ?? null),
    );
    await changeSettings(Object.fromEntries(changes));
    await readSettings();
  };
  return (
    <ActionForm action={t('saveSettings')} act={act}>
      <label class="field">
        <span>{t('setName')}</span>
        <input
          maxLength={64}
          disabled={known.name?.fixed}
          value={name.value}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
      </label>
      {FLAGS.map(([flag, text]) => (
        <label key={flag} class="check">
          <input
            type="checkbox"
            disabled={known[flag]?.fixed}
            checked={flags.value[flag]}
            onChange={(event) => (flags.value = { ...flags.value, [flag]: event.currentTarget.checked })}
          />
          <span>{t(text)}</span>
        </label>
      ))}
      {LISTS.map(([list, text]) => (
        <label key={list} class="field">
          <span>{t(text)}</span>
          <textarea
            rows={2}
            disabled={known[list]?.fixed}
            value={lists.value[list]}
            onInput={(event) => (lists.value = { ...lists.value, [list]: event.currentTarget.value })}
          />
        </label>
      ))}
      <p class="soft small">{t('setFixedNote')}</p>
    </ActionForm>
  );
}

function linesOf(value: unknown): string {
  return Array.isArray(value) ? value.join('\n') : '';
}
