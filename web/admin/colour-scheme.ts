import { signal } from '@preact/signals';

/** Paper is light, whatever the screen is. */
const MEDIA = ['(prefers-color-scheme: dark)', 'print'];

/** Counts up whenever the colours change, for what is drawn on a canvas. */
export const colourScheme = signal(0);

for (const media of MEDIA) matchMedia(media).addEventListener('change', () => colourScheme.value++);
new MutationObserver(() => colourScheme.value++).observe(document.documentElement, {
  attributeFilter: ['data-theme'],
});
