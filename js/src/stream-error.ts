// Why a stream ended before all of it had come.

import type { Reason } from "./status.js";

/**
 * A reason of the stream's status, or what is wrong with its events: with `gap` some are lost, with
 * `malformed` one is no JSON.
 */
export type StreamErrorReason = Reason | "gap" | "malformed";

/** A stream ended too early. */
export class StreamError extends Error {
  override name = "StreamError";
  readonly reason: StreamErrorReason;

  constructor(message: string, reason: StreamErrorReason, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
