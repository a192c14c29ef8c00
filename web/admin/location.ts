import { computed, signal } from '@preact/signals';

const here = signal(new URL(location.href));

/** Where in the dashboard the reader is. */
export const path = computed(() => here.value.pathname.replace(/\/$/, ''));

addEventListener('popstate', () => {
  here.value = new URL(location.href);
});

export function go(to: string): void {
  history.pushState(null, '', to);
  here.value = new URL(location.href);
  scrollTo(0, 0);
  document.getElementById('content')?.focus();
}

/** A filter that stands in the address, so that a link to the page keeps it. */
export function filter(name: string): string | null {
  return here.value.searchParams.get(name);
}

/** Null takes it out of the address: it has its usual value again. */
export function setFilters(filters: Readonly<Record<string, string | null>>): void {
  const next = new URL(here.value);
  for (const [name, value] of Object.entries(filters)) {
    if (value === null || value === '') next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  history.replaceState(null, '', next);
  here.value = next;
}

/** Links within the dashboard need no new page. Whatever opens one elsewhere is left to the browser. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a');
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || link.target || link.hasAttribute('download')) return;
    const to = new URL(link.href, location.href);
    if (to.origin !== location.origin || !/^\/admin(\/|$)/.test(to.pathname) || to.hash) return;
    event.preventDefault();
    go(to.pathname + to.search);
  });
}
