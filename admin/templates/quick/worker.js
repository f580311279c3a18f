// Keeps the page of quick entry and the files it needs, and nothing else: no answer that shows anybody's data is ever
// kept, so that whoever uses a shared computer next finds none.
"use strict";

const KEPT = "taizhang-quick-{{ version }}";
const PAGE = {{ page | tojson }};
const FILES = {{ files | tojson }};

self.addEventListener("install", (event) => {
  const requests = [PAGE, ...FILES].map((one) => new Request(one, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(requests)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const tidy = caches.keys().then((names) => Promise.all(names.filter((one) => one.startsWith("taizhang-quick-") && one !== KEPT).map((one) => caches.delete(one))));
  event.waitUntil(tidy.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const address = url.pathname + url.search;
  if (FILES.includes(address)) {
    event.respondWith(caches.match(address).then((kept) => kept || fetch(request)));
  } else if (request.mode === "navigate") {
    // Without a line every page leads to the one that works without.
    event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  }
});
