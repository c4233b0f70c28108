// Over the browser's own EventSource, which comes back by itself where the route is resumable.

import type { Connection, ConnectionHooks } from "./connection.js";

export function openNative(
  url: string | URL,
  withCredentials: boolean,
  types: Iterable<string>,
  hooks: ConnectionHooks,
): Connection {
  // As a text: pages put classes of their own in its place.
  const source = new EventSource(`${url}`, { withCredentials });
  const listen = (type: string) =>
    source.addEventListener(type, (event: MessageEvent<string>) => {
      // Its own `open` and `error` are no events of the stream.
      if (!("data" in event)) return;
      hooks.onActivity();
      hooks.onEvent(event);
    });
  source.onopen = hooks.onOpen;
  source.onerror = () => {
    if (source.readyState === 2) hooks.onEnd({ reason: "lost" });
    else hooks.onReconnecting();
  };
  for (const type of types) listen(type);
  const close = () => {
    // WebKit opens one anew that was closed when its page went to the cache.
    source.onopen = source.close;
    source.onerror = null;
    source.close();
  };
  return { close, listen };
}
