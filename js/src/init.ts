// What a SecureEventSource is made with, and what its listeners get.

import type { Backoff } from "./backoff.js";
import type { Mint } from "./mint.js";
import type { Status } from "./status.js";

export interface SecureEventSourceInit extends Backoff {
  /**
   * Asks for a token before each attempt. A stream that the server can resume keeps its token until
   * the server refuses it.
   */
  mint?: Mint;
  /** The headers of each attempt, such as `Authorization`. The stream is then asked for with `fetch`. */
  headers?: () => HeadersInit | Promise<HeadersInit>;
  /** Whether cookies go to another origin. Default: false. */
  withCredentials?: boolean;
  /**
   * `native` is the browser's `EventSource`, which does not say why it failed and sees no comments.
   * Default: `auto`, which begins with it where it can, and goes on with `fetch` when it is lost for
   * good, or twice without an event between. With `native` alone a stream that the server can resume
   * needs a new token then, as a new `EventSource` sends no id: without `mint` it ends as `lost`.
   */
  transport?: "auto" | "native" | "fetch";
  /** Where to begin: the id of the last event that the page has. */
  lastEventId?: string;
  /**
   * After how many milliseconds without a byte a stream counts as lost. Default: 45,000. A native
   * `EventSource` shows no comments: over it the default counts while it connects, or comes back, and
   * from an `sse.heartbeat` on. A time that is given counts from one event to the next.
   */
  heartbeatTimeout?: number;
  /** After so many failures in a row it gives up. Default: never. */
  maxAttempts?: number;
  /** The most characters of an event over `fetch`. Default: 2 Mi. */
  maxEventLength?: number;
  /** Whether to disconnect while the page is hidden. Default: false. */
  pauseWhenHidden?: boolean;
  /** Used in place of the global one. */
  fetch?: typeof fetch;
  /** Called with each change of the status. */
  onstatus?: ((status: Status) => void) | null;
  /** Called with each event of the stream, whatever its name. */
  onevent?: ((event: MessageEvent<string>) => void) | null;
}

/** A listener of a `SecureEventSource`. `open` and `error` are plain events. */
export type Listener =
  | ((this: EventSource, event: MessageEvent<string>) => unknown)
  | { handleEvent(event: MessageEvent<string>): unknown };

/** An `EventTarget` whose listeners get the events of a stream. */
export interface StreamTarget {
  addEventListener(
    type: string,
    listener: Listener,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: Listener,
    options?: boolean | EventListenerOptions,
  ): void;
  dispatchEvent(event: Event): boolean;
}
