// Before anything is painted: the colours that shared/preferences.tsx remembers, so that nothing flashes. What the node
// drew is painted before the scripts of the page want the processor.
const { page } = document.currentScript.dataset;
try {
  const theme = localStorage.getItem('headcount-theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}
requestAnimationFrame(() => setTimeout(() => import(/* @vite-ignore */ page)));
