import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

/** What few want to see, made when somebody opens it. */
export function Fold({ summary, children }: { summary: string; children(): ComponentChildren }) {
  const isOpen = useSignal(false);
  return (
    <details class="table-behind" onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>{summary}</summary>
      {isOpen.value && children()}
    </details>
  );
}
