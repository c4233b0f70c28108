// One attempt over fetch: it says why it failed, and the credential may be in a header.

import { textOf } from "./body.js";
import type { Connection, ConnectionHooks } from "./connection.js";
import type { StreamRequest } from "./mint.js";
import { EventParser } from "./parser.js";
import { endingOf, type Ending } from "./status.js";

export interface FetchOptions {
  lastEventId: string;
  credentials: RequestCredentials;
  maxEventLength: number;
  fetch: typeof fetch;
}

export function openFetch(
  request: StreamRequest,
  options: FetchOptions,
  hooks: ConnectionHooks,
): Connection {
  const abort = new AbortController();
  follow(request, options, hooks, abort.signal)
    .catch((error): Ending => {
      const tooLong = error instanceof RangeError;
      return { reason: tooLong ? "too_long" : "network", final: tooLong, error };
    })
    .then(hooks.onEnd);
  return { close: () => abort.abort() };
}

async function follow(
  request: StreamRequest,
  { lastEventId, credentials, maxEventLength, fetch }: FetchOptions,
  hooks: ConnectionHooks,
  signal: AbortSignal,
): Promise<Ending> {
  const headers = new Headers(request.headers);
  headers.set("Accept", "text/event-stream");
  if (lastEventId) headers.set("Last-Event-ID", utf8(lastEventId));
  const response = await fetch(`${request.url}`, {
    headers,
    credentials,
    signal,
    cache: "no-store",
    // A redirect would take the token, or the bearer, to wherever it leads.
    redirect: "manual",
  });
  if (signal.aborted) return { reason: "network" };
  const ending = endingOf(response.status, response.headers);
  if (ending) return ending;
  const type = response.headers.get("Content-Type") ?? "";
  if (!/^text\/event-stream *(;|$)/i.test(type) || !response.body) {
    return { reason: "not_a_stream", final: true };
  }
  hooks.onOpen();
  const parser = new EventParser(hooks, { lastEventId, maxEventLength });
  for await (const text of textOf(response.body)) {
    hooks.onActivity();
    parser.push(text);
    hooks.onId(parser.lastEventId);
  }
  return { reason: "ended" };
}

/** A header is made of bytes. A script gives each byte as a character. */
function utf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
