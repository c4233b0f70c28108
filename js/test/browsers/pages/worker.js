// A service worker that keeps each stream, and answers with what it has. With `?careful` it leaves streams out.

const isCareful = new URL(location.href).searchParams.has("careful");

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (!new URL(request.url).pathname.endsWith("/stream")) return;
  if (isCareful && request.headers.get("Accept") === "text/event-stream") return;
  event.respondWith(answer(event, request));
});

async function answer(event, request) {
  const kept = await caches.open("streams");
  const found = await kept.match(request);
  if (found) return found;
  const response = await fetch(request);
  // It is kept when all of it has come; what is cut off never is.
  event.waitUntil(kept.put(request, response.clone()).catch(() => {}));
  return response;
}
