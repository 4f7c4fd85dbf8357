// Keeps the page for when there is no network. The build writes VERSION and FILES above.
// A new version waits until somebody says so: a page must not find files of another one under it.
/* global VERSION, FILES */
// Of this folder alone: others of the same host may have such a page, too.
const { scope } = self.registration;
const OURS = `rqchart ${scope} `;
const NAME = OURS + VERSION;

self.addEventListener("install", (event) => {
  // What has a hash in its name never changes: what the page has had already is not asked for again.
  const wanted = FILES.map((file) => new Request(file, { cache: file.startsWith("assets/") ? "default" : "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(wanted)));
});

async function drop() {
  // Tabs of an earlier version still load its parts; the next version drops them.
  const tabs = await self.clients.matchAll({ includeUncontrolled: true });
  const names = tabs.length > 1 ? [] : await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}
self.addEventListener("activate", (event) => event.waitUntil(drop()));

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const answer = async () => {
    const cache = await caches.open(NAME);
    const isPage = [scope, `${scope}index.html`].includes(url.origin + url.pathname);
    const kept = await cache.match(isPage ? "./" : request, { ignoreSearch: true });
    return kept ?? (await caches.match(request)) ?? fetch(request);
  };
  event.respondWith(answer());
});
