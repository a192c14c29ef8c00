/**
 * Counts page views, also of single-page applications: one request each, which never delays the page and whose answer
 * nobody waits for. Stores nothing on the device. Who asks not to be tracked sends nothing at all.
 *
 *   <script defer src="https://count.example/tracker.js"></script>
 */
interface Navigator2 extends Navigator {
  globalPrivacyControl?: boolean;
  doNotTrack: string | null;
}

const page = document as Document & { prerendering?: boolean };
const { navigation: turns } = window as Partial<Pick<Window, 'navigation'>>;
const { doNotTrack, globalPrivacyControl } = navigator as Navigator2;
// Only while the script runs for the first time does the document know it; a module has to name its node.
const script = page.currentScript ?? page.querySelector('script[src$="/tracker.js"]');
let { referrer } = page;
let counted = '';

/** A page that breaks because it is counted would be worse than one that is not. */
function quietly(act: () => void): () => void {
  return () => {
    try {
      act();
    } catch {}
  };
}

const count = quietly(() => {
  const path = location.pathname;
  if (path === counted) return;
  counted = path;
  const hits = new URL('v1/hits', (script as HTMLScriptElement).src).href;
  const body = JSON.stringify({ path: path.slice(0, 2048), referrer: referrer.slice(0, 2048) });
  referrer = location.origin + path;
  if (navigator.sendBeacon?.(hits, body)) return;
  fetch(hits, { method: 'POST', body, keepalive: true, mode: 'no-cors', credentials: 'include' }).catch(
    () => {},
  );
});

quietly(() => {
  if (doNotTrack === '1' || globalPrivacyControl) return;
  const begin = () => {
    count();
    if (turns) turns.addEventListener('currententrychange', count);
    else watchHistory();
  };
  // A page that is only prepared has not been seen.
  if (page.prerendering) page.addEventListener('prerenderingchange', begin, { once: true });
  else begin();
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    counted = '';
    count();
  });
})();

/** For browsers that do not tell when an application turns a page. */
function watchHistory(): void {
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (...parameters) {
      original.apply(this, parameters);
      count();
    };
  }
  addEventListener('popstate', count);
}
