// What both ways to a stream have in common.

import type { StreamEvent } from "./parser.js";
import type { Ending } from "./status.js";

/** What a connection tells. Who is told of its end closes it, and hears nothing after that. */
export interface ConnectionHooks {
  onOpen(): void;
  onEvent(event: StreamEvent): void;
  /** The last id so far, which may have come without an event. */
  onId(lastEventId: string): void;
  /** Something has come, if only a comment. */
  onActivity(): void;
  /** The server's reconnection time, in milliseconds. */
  onRetry(milliseconds: number): void;
  /** A native `EventSource` has lost its connection, and comes back by itself. */
  onReconnecting(): void;
  onEnd(ending: Ending): void;
}

/** One attempt. */
export interface Connection {
  close(): void;
  /** Asks for events of this name. */
  listen?(type: string): void;
}
