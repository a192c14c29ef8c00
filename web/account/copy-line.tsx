import { useSignal } from '@preact/signals';
import { t } from './texts.js';

/** A line of text to take along. */
export function CopyLine({ text }: { text: string }) {
  const isCopied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    isCopied.value = true;
  };
  return (
    <div class="stack">
      <code class="code">{text}</code>
      {/* Browsers offer the clipboard to pages over HTTPS and on the own machine only. */}
      {navigator.clipboard && (
        <button type="button" class="button" onClick={copy}>
          <span role="status">{isCopied.value ? t('copied') : t('copy')}</span>
        </button>
      )}
    </div>
  );
}
