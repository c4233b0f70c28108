// One stream in a component.

"use client";

import { useCallback, useEffect, useInsertionEffect, useRef, useState } from "react";
import { SecureEventSource } from "../event-source.js";
import type { SecureEventSourceInit } from "../init.js";
import type { Status } from "../status.js";

export interface UseEventStreamInit extends Omit<SecureEventSourceInit, "onstatus" | "onevent"> {
  /** Where the stream is. Another URL closes the stream and opens that one. */
  url: string;
  /** Called with each event of the stream, whatever its name. */
  onEvent?: (event: MessageEvent<string>) => void;
  /** Whether there is a stream. Default: true. */
  enabled?: boolean;
}

export interface UseEventStream {
  status: Status;
  /** The event that came last on this URL. Events that come together may be seen as one: see `onEvent`. */
  lastEvent: MessageEvent<string> | null;
  /** Ends it until the URL changes, or `enabled` does. */
  close: () => void;
}

/** What is known of the stream at a URL. */
interface Known {
  url: string;
  status: Status;
  lastEvent: MessageEvent<string> | null;
}

const CLOSED: Status = { state: "closed", reason: null, retryAt: null, attempt: 0 };

/** At the beginning. */
function nothing(url: string): Known {
  const status: Status = { state: "connecting", reason: null, retryAt: null, attempt: 1 };
  return { url, status, lastEvent: null };
}

/**
 * Follows a stream while the component is there. The functions may be new with each render; the other
 * options count when the stream is opened.
 *
 * ```jsx
 * const { status, lastEvent } = useEventStream({ url: "/feed/stream", mint: askForToken });
 * ```
 */
export function useEventStream(init: UseEventStreamInit): UseEventStream {
  const { url, enabled = true } = init;
  const [known, setKnown] = useState(() => nothing(url));
  const latest = useRef(init);
  const source = useRef<SecureEventSource | null>(null);
  useInsertionEffect(() => {
    latest.current = init;
  });

  const close = useCallback(() => {
    source.current?.close();
    source.current = null;
    setKnown((it) => ({ ...it, status: CLOSED }));
  }, []);

  useEffect(() => {
    setKnown(nothing(url));
    if (enabled) {
      const learn = (more: Partial<Known>) => setKnown((it) => ({ ...it, url, ...more }));
      source.current = open(url, latest, (lastEvent) => {
        learn({ lastEvent });
        latest.current.onEvent?.(lastEvent);
      });
      source.current.onstatus = (status) => learn({ status });
    }
    return close;
  }, [url, enabled, close]);

  // What is known of another URL is not shown under this one.
  const { status, lastEvent } = known.url === url ? known : nothing(url);
  return { status: enabled ? status : CLOSED, lastEvent, close };
}

/** The stream, with the functions of the latest render. */
function open(
  url: string,
  latest: { readonly current: UseEventStreamInit },
  onevent: (event: MessageEvent<string>) => void,
): SecureEventSource {
  const { url: _, enabled, onEvent, mint, headers, fetch, ...rest } = latest.current;
  return new SecureEventSource(url, {
    ...rest,
    onevent,
    ...(mint && { mint: async (attempt) => latest.current.mint?.(attempt) ?? null }),
    ...(headers && { headers: async () => (await latest.current.headers?.()) ?? {} }),
    ...(fetch && { fetch }),
  });
}
