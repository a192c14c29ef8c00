import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PrivacyFacts } from '../../src/settings/privacy-facts.js';
import { PrivacyText } from '../privacy/privacy-text.js';
import { LOADING, type Loaded, loadedFrom } from '../shared/loaded.js';
import { Failed, Loading } from '../shared/states.js';
import { Shell } from './shell.js';
import { t } from './texts.js';

export function PrivacyPage() {
  const facts = useSignal<Loaded<PrivacyFacts>>(LOADING);
  const read = async () => {
    facts.value = await loadedFrom('/v1/privacy', facts.value);
  };
  useEffect(() => void read(), []);
  const { value, failure } = facts.value;
  return (
    <Shell title={t('privacyTitle')} isWide>
      {value && <PrivacyText facts={value} />}
      {!value && (failure ? <Failed status={failure.status} onRetry={read} /> : <Loading />)}
    </Shell>
  );
}
