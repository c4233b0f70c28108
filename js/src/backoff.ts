// How long to wait before the next attempt.

export interface Backoff {
  /** The bound after the first failure, in milliseconds. It doubles with each. Default: 1,000. */
  base?: number;
  /** The highest bound, in milliseconds. Default: 30,000. */
  cap?: number;
  /** The least time from one attempt to the next, in milliseconds. Default: 500. */
  floor?: number;
}

/** A server's reconnection time counts up to this many milliseconds: an hour. */
const MAX_RETRY = 3_600_000;

/**
 * The time to wait, in milliseconds, after so many failures in a row. What the server asks for is the
 * least; full jitter comes on top, so that clients don't come in step.
 */
export function backoff(
  failures: number,
  asked: number,
  { base = 1_000, cap = 30_000, floor = 500 }: Backoff = {},
): number {
  const jitter = Math.random() * Math.min(cap, base * 2 ** failures);
  return Math.max(floor, Math.min(asked, MAX_RETRY) + jitter);
}
