// Before anything is painted: the colours that shared/preferences.tsx remembers, so that nothing flashes, and nothing in
// another language than the one that was chosen. What the node drew is painted before the scripts of the page want the
// processor.
const { scripts } = document.currentScript.dataset;
const root = document.documentElement;
try {
  const theme = localStorage.getItem('headcount-theme');
  if (theme) root.dataset.theme = theme;
  const language = localStorage.getItem('headcount-language');
  if (language && language !== root.lang) root.dataset.awaits = language;
} catch {}
requestAnimationFrame(() =>
  setTimeout(async () => {
    await Promise.allSettled(scripts.split(' ').map((script) => import(/* @vite-ignore */ script)));
    delete root.dataset.awaits;
  }),
);
