// What a client tells about its streams, and what is computed from it.

import type { Reason } from "../status.js";

/** The properties of each name. None of them holds a token. */
export interface TrackedProperties {
  /** A token is asked for. */
  sse_token_requested: Tracked;
  /** A stream is open. */
  sse_connection_established: Tracked;
  /** An attempt has failed, or an open stream has broken. */
  sse_connection_error: Tracked & { error: Reason };
  /** A stream that was open is over, whatever ended it. */
  sse_connection_closed: Tracked & { duration_ms: number };
}

interface Tracked {
  generation_id: string;
  /** Retries since the last event. */
  retry_count: number;
  /** Milliseconds since 1970. */
  timestamp: number;
}

/** Is told what happens to a stream. What it throws does not end the stream. */
export type Track = <N extends keyof TrackedProperties>(
  name: N,
  properties: TrackedProperties[N],
) => void;

/** The key metrics. A rate or an average without a case is null. */
export interface KeyMetricsSummary {
  token_requests: number;
  /** The share of the attempts that were not refused for their token. */
  token_success_rate: number | null;
  /** Failures for each attempt. */
  connection_error_rate: number | null;
  average_connection_duration_ms: number | null;
  /** The share of the attempts that were retries. */
  retry_rate: number | null;
}

/**
 * Computes the key metrics of all streams that report to it.
 *
 * ```js
 * const metrics = new KeyMetrics();
 * const monitor = new GenerationMonitor(id, { service, track: metrics.track });
 * ```
 */
export class KeyMetrics {
  #counts = { requests: 0, retries: 0, errors: 0, refused: 0, closed: 0, duration: 0 };

  /** The callback for `GenerationMonitor`. */
  readonly track: Track = (name, properties) => {
    const counts = this.#counts;
    if (name === "sse_token_requested") {
      counts.requests += 1;
      if (properties.retry_count > 0) counts.retries += 1;
    } else if ("error" in properties) {
      counts.errors += 1;
      if (properties.error === "unauthorized") counts.refused += 1;
    } else if ("duration_ms" in properties) {
      counts.closed += 1;
      counts.duration += properties.duration_ms;
    }
  };

  summary(): KeyMetricsSummary {
    const { requests, retries, errors, refused, closed, duration } = this.#counts;
    const share = (part: number, whole: number) => (whole ? part / whole : null);
    return {
      token_requests: requests,
      token_success_rate: share(requests - refused, requests),
      connection_error_rate: share(errors, requests),
      average_connection_duration_ms: share(duration, closed),
      retry_rate: share(retries, requests),
    };
  }
}
