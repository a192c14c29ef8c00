/**
 * Keeps the files of this page in the browser, so that it opens while the node is away. Only where the page came over
 * HTTPS or from this machine: elsewhere browsers have no service workers.
 *
 * @param address What opens the page: the figures on it are kept elsewhere.
 */
export function keepPage(address: '/index.html' | '/admin'): void {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const keep = async () => {
    const { active } = await serviceWorker.ready;
    active?.postMessage([address, ...loadedAssets()]);
  };
  const begin = () => {
    // A newer one keeps nothing yet.
    serviceWorker.addEventListener('controllerchange', keep);
    serviceWorker.register('/service-worker.js').then(keep, () => {
      // Forbidden by the reader: then the page needs the node.
    });
  };
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}

function loadedAssets(): string[] {
  const paths = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
  return paths.filter((path) => path.startsWith('/assets/'));
}
