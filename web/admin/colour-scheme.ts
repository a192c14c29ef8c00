import { signal } from '@preact/signals';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Counts up whenever the colours change, for what is drawn on a canvas. */
export const colourScheme = signal(0);

dark.addEventListener('change', () => colourScheme.value++);
new MutationObserver(() => colourScheme.value++).observe(document.documentElement, {
  attributeFilter: ['data-theme'],
});
