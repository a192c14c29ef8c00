// Opens the public page and the dashboard while the node is away: their files are kept in the browser, and the last
// figures are by the pages themselves. Whenever the node answers, its answer is what is shown.
/* global BUILD */

/** One for each build: names of assets change with their content. */
const CACHE = `headcount-${BUILD}`;
/** What stands before a node says so of one that is away. */
const AWAY = [502, 503, 504];

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(takeOver()));
addEventListener('message', (event) => event.waitUntil(keep(event.data)));
addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url);
  const page = pageOf(pathname);
  if (event.request.mode === 'navigate' && page) event.respondWith(answerOrKept(event, page));
  else if (pathname.startsWith('/assets/')) event.respondWith(keptOrAnswer(event.request));
});

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
}

/** @param {string[]} paths What a page was made of. */
async function keep(paths) {
  const cache = await caches.open(CACHE);
  await cache.addAll(paths);
}

function pageOf(pathname) {
  if (pathname === '/') return '/index.html';
  return /^\/admin(\/|$)/.test(pathname) ? '/admin' : null;
}

async function answerOrKept(event, page) {
  const answer = await (event.preloadResponse ?? Promise.resolve())
    .then((preloaded) => preloaded ?? fetch(event.request))
    .catch(() => Response.error());
  if (answer.type !== 'error' && !AWAY.includes(answer.status)) return answer;
  return (await caches.match(page)) ?? answer;
}

async function keptOrAnswer(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}
