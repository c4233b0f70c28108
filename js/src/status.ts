// How a stream is doing, and why it failed.

/**
 * Why a stream waits, or is closed.
 *
 * | reason | what it means |
 * |---|---|
 * | `complete` | the server has sent the whole stream |
 * | `no_content` | the server answered 204: there is nothing more |
 * | `deadline`, `idle`, `rollback` | the server closed the session; a new token opens another one |
 * | `revoked`, `reuse`, `displaced`, `closed` | the server closed the session for good |
 * | `failed` | the server's work failed |
 * | `busy` | the server asks to wait (`sse.wait`, 429, 503) |
 * | `unauthorized`, `forbidden`, `not_found`, `rejected` | 401, 403, 404 or 410, another 4xx |
 * | `server_error` | 5xx |
 * | `not_a_stream` | 200, and no `text/event-stream` |
 * | `redirected` | a redirect, which a stream never follows: the token would go along |
 * | `too_long` | an event is longer than `maxEventLength` |
 * | `network` | no answer, or the connection broke |
 * | `ended` | the server ended the answer |
 * | `timeout` | no byte for longer than `heartbeatTimeout` |
 * | `lost` | a native `EventSource` failed, which does not say why |
 * | `offline`, `hidden` | the browser is offline; the page is hidden, or in the back/forward cache |
 * | `mint` | `mint` threw an error without a status |
 * | `declined` | `mint` returned null |
 */
export type Reason =
  | "complete"
  | "no_content"
  | "deadline"
  | "idle"
  | "rollback"
  | "revoked"
  | "reuse"
  | "displaced"
  | "closed"
  | "failed"
  | "busy"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "rejected"
  | "server_error"
  | "not_a_stream"
  | "redirected"
  | "too_long"
  | "network"
  | "ended"
  | "timeout"
  | "lost"
  | "offline"
  | "hidden"
  | "mint"
  | "declined";

/** How a stream is doing. */
export interface Status {
  /** `waiting` comes between two attempts. `closed` is final. */
  state: "connecting" | "open" | "waiting" | "closed";
  /** Why it is `waiting` or `closed`; null otherwise, and if the page has closed it. */
  reason: Reason | null;
  /** When the next attempt begins, in milliseconds since 1970; null if that is not known. */
  retryAt: number | null;
  /** 1, and one more for each failure since the last event. */
  attempt: number;
  /** What `mint` or `fetch` threw. */
  error?: unknown;
}

/** After these the server wants another token. */
export const NEEDS_TOKEN: Reason[] = ["unauthorized", "deadline", "idle", "rollback", "no_content"];

/** How one attempt ended. */
export interface Ending {
  reason: Reason;
  /** Whether another attempt can't do better. */
  final?: boolean;
  /** The least time to wait, in milliseconds. */
  wait?: number | undefined;
  error?: unknown;
}

/** What a status of an answer means; null for one that may carry a stream. */
export function endingOf(status: number, headers?: Headers): Ending | null {
  if (status === 200) return null;
  const wait = retryAfter(headers?.get("Retry-After"));
  if (status === 429 || status === 503) return { reason: "busy", wait };
  if (status >= 500 || status === 408 || status === 425) return { reason: "server_error", wait };
  if (status === 401) return { reason: "unauthorized" };
  return { reason: FINAL[status] ?? (status < 400 ? "redirected" : "rejected"), final: true };
}

/** A redirect that was not followed has another status, or 0. */
const FINAL: Record<number, Reason> = {
  204: "no_content",
  403: "forbidden",
  404: "not_found",
  410: "not_found",
};

/**
 * The milliseconds of a `Retry-After`, which has seconds or a date (RFC 9110 §10.2.3). A date that is
 * past by this clock says nothing: the clocks may differ.
 */
export function retryAfter(value: string | null | undefined): number | undefined {
  const text = `${value}`;
  // Engines take much else for a date, such as -1.
  const isDate = /^\w+, \d\d\D/.test(text);
  const wait = isDate ? Date.parse(text) - Date.now() : Number(/^\d+$/.exec(text)) * 1000;
  return wait > 0 ? wait : undefined;
}

/** What `mint` or `headers` threw. */
export function endingOfThrown(error: unknown): Ending {
  const { status, retryAfter } = (error ?? {}) as { status?: number; retryAfter?: number };
  const ending = (typeof status === "number" && endingOf(status)) || { reason: "mint" as const };
  // The caller's own credential was refused: asking again does not help.
  const final = ending.final || status === 401;
  return { ...ending, final, wait: retryAfter, error };
}
