// Runs in the page before anything of its own: when what matters was painted, what moved, what held the thread up. It
// tells by a line on the console: whatever asks the page meanwhile would be measured too.

/** Installed by addInitScript. `useful` names what makes a paint useful. Figures end up in `globalThis.watched`. */
export function watchPage({ useful, USEFUL, CHANGED }) {
  const watched = { usefulMs: null, shift: 0, longTasksMs: [], changeMs: null };
  globalThis.watched = watched;

  /** Resolves when the frame that shows the present state has been painted. */
  const painted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      });
    });
  const observe = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });

  observe('longtask', ({ duration }) => watched.longTasksMs.push(duration));
  observe('layout-shift', ({ value, hadRecentInput }) => {
    if (!hadRecentInput) watched.shift += value;
  });
  const arrival = new MutationObserver(() => {
    if (!document.querySelector(useful)) return;
    arrival.disconnect();
    void painted().then((nowMs) => {
      watched.usefulMs = nowMs;
      console.debug(USEFUL);
    });
  });
  arrival.observe(document, { childList: true, subtree: true });

  /** From the next click until what it changes in the place has been painted. */
  globalThis.watchChange = (place) => {
    watched.changeMs = null;
    const before = document.querySelector(place).textContent;
    let clickedMs = null;
    addEventListener('click', ({ timeStamp }) => (clickedMs ??= timeStamp), { capture: true, once: true });
    const change = new MutationObserver(() => {
      const after = document.querySelector(place)?.textContent;
      if (clickedMs === null || after === undefined || after === before) return;
      change.disconnect();
      void painted().then((nowMs) => {
        watched.changeMs = nowMs - clickedMs;
        console.debug(CHANGED);
      });
    });
    change.observe(document, { childList: true, subtree: true, characterData: true });
  };
}

export const USEFUL = 'painted what is useful';
export const CHANGED = 'painted what was chosen';
