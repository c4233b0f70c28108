// What happens to the page around a stream: offline, hidden, in the back/forward cache.

export interface PageHooks {
  onOnline(): void;
  onHidden(): void;
  /** The page goes, perhaps to the back/forward cache, where no connection lives. */
  onFreeze(): void;
  /** It is visible again, or back from that cache. */
  onBack(): void;
}

/** Watches the page; returns how to stop. A worker has no page, but goes offline, too. */
export function watchPage(hooks: PageHooks): () => void {
  const abort = new AbortController();
  // Node has none of these events.
  const on = (target: Partial<EventTarget>, type: string, listener: (event: Event) => void) =>
    target?.addEventListener?.(type, listener, { signal: abort.signal });
  on(globalThis, "online", hooks.onOnline);
  on(globalThis.document, "visibilitychange", () =>
    document.hidden ? hooks.onHidden() : hooks.onBack(),
  );
  // Whether it comes back or not: some engines leave the connection of a page that is gone open.
  on(globalThis, "pagehide", hooks.onFreeze);
  on(globalThis, "pageshow", (event) => (event as PageTransitionEvent).persisted && hooks.onBack());
  return () => abort.abort();
}

/** Whether the browser knows that it has no network. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}
