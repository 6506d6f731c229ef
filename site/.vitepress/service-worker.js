/* global caches, kept, self, version */
// Keeps the page that checks, so that it opens without a network. The build puts the constants `kept`, the address and the
// hash of each file, and `version` above these lines. A request goes to the network first: so a visitor with a network has
// the newest pages, and the kept files answer without one. No answer to a page is stored: only the files of the list are.
const name = `evolock-check-${version}`;

self.addEventListener('install', (event) => event.waitUntil(keep()));
self.addEventListener('activate', (event) => event.waitUntil(replace()));
self.addEventListener('fetch', (event) => event.respondWith(answer(event.request)));

/** Stores all files of this build, or none: a file of another build has another hash. */
async function keep() {
  const cache = await caches.open(name);
  await cache.addAll(
    kept.map(([address, integrity]) => new Request(address, { integrity, cache: 'no-cache' })),
  );
  await self.skipWaiting();
}

/** Deletes the files of other builds, and serves the pages that are open. */
async function replace() {
  const others = (await caches.keys()).filter(
    (each) => each.startsWith('evolock-check-') && each !== name,
  );
  await Promise.all(others.map((each) => caches.delete(each)));
  await self.clients.claim();
}

/** Servers serve a page with and without the end `.html` of its address. */
async function answer(request) {
  try {
    return await fetch(request);
  } catch {
    const page = `${new URL(request.url).pathname}.html`;
    return (await caches.match(request)) ?? (await caches.match(page)) ?? Response.error();
  }
}
