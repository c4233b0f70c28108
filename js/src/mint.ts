// Trades a credential for the URL of a stream.

import { retryAfter } from "./status.js";

/** What a stream is asked for with. */
export interface StreamRequest {
  url: string | URL;
  /** Sent with `fetch`, so that the URL has no credential. */
  headers?: HeadersInit;
}

/** What `mint` is told. */
export interface Attempt {
  /**
   * The last event's id; empty before the first one. Of an id of sse-gate's sessions it is only the
   * number, because the id itself is a credential.
   */
  lastEventId: string;
  /** 1, and one more for each failure since the last event. */
  number: number;
  /** Whether an event has come, so that this stream goes on with one that was there before. */
  resumes: boolean;
  /** Aborted when the stream is closed, or the attempt takes longer than `heartbeatTimeout`. */
  signal: AbortSignal;
}

/** What the mint of an sse-gate server answers. */
export interface TokenAnswer {
  sse_token: string;
  /**
   * The path of the stream, on the origin of the `SecureEventSource`'s URL. Default: that URL.
   */
  stream_url?: string;
}

/** A relative URL counts from that of the `SecureEventSource`. */
export type Minted = TokenAnswer | StreamRequest | string | URL;

/**
 * Returns what to ask for the stream with. Null ends it. An error with a `status` counts as that
 * answer of the server, see `MintError`.
 */
export type Mint = (attempt: Attempt) => Promise<Minted | null>;

/** With its whole URL. */
export interface MintedRequest extends StreamRequest {
  url: URL;
}

/**
 * The request that was minted.
 *
 * @throws Error if the answer of a mint would send its token to another origin than that of `base`.
 */
export function requestOf(minted: Minted, base: string | URL): MintedRequest {
  if (typeof minted === "string" || minted instanceof URL) return { url: new URL(minted, base) };
  if ("url" in minted) return { ...minted, url: new URL(minted.url, base) };
  const url = new URL(minted.stream_url ?? base, base);
  if (url.origin !== new URL(base).origin) throw new Error("the stream has another origin");
  url.searchParams.set("token", minted.sse_token);
  return { url };
}

/** The server refused to mint a token. */
export class MintError extends Error {
  override name = "MintError";
  /** The status of the answer. */
  status: number;
  /** Milliseconds that the server asks to wait. */
  retryAfter: number | undefined;
  constructor(response: Response, detail?: string) {
    super(detail ?? `no token: the server answered ${response.status}`);
    this.status = response.status;
    this.retryAfter = retryAfter(response.headers.get("Retry-After"));
  }
}

/**
 * POSTs JSON, and returns the JSON of the answer.
 *
 * @throws MintError if the server answers with an error. Its message is the problem's `detail` (RFC 9457).
 */
export async function postForToken<T = TokenAnswer>(
  url: string | URL,
  init: RequestInit & { json?: unknown } = {},
): Promise<T> {
  const { json, ...rest } = init;
  const headers = new Headers(rest.headers);
  headers.set("Accept", "application/json");
  const body = JSON.stringify(json) ?? rest.body ?? null;
  if (json !== undefined) headers.set("Content-Type", "application/json");
  const response = await fetch(url, {
    ...rest,
    method: "POST",
    headers,
    body,
    cache: "no-store",
    redirect: "error",
  });
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => null);
  throw new MintError(response, problem?.detail ?? problem?.title);
}
