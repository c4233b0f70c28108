// One connection for all tabs of an origin, over Web Locks and a BroadcastChannel.

import { SecureEventSource } from "./event-source.js";
import type { SecureEventSourceInit, StreamTarget } from "./init.js";
import { positionOf } from "./position.js";
import { safely } from "./safely.js";
import type { Status } from "./status.js";

/** As for a `SecureEventSource`, which it has over `fetch`. */
export type SharedEventSourceInit = Omit<SecureEventSourceInit, "transport" | "onevent">;

/** What tabs tell each other. No token, no id of a session and no error is in it. */
type Told =
  | { kind: "hello" }
  | { kind: "status"; status: Status }
  | { kind: "event"; type: string; data: string; position: string; origin: string };

const Target = EventTarget as new () => StreamTarget;

/**
 * An event source that all tabs of an origin with the same name share: one of them is connected, and
 * tells the others. When it is closed, another one goes on from the last event.
 *
 * Where a page has no Web Locks, each tab has a connection of its own.
 *
 * ```js
 * const source = new SharedEventSource(`feed of ${user}`, "/feed/stream", {
 *   mint: ({ lastEventId }) => postForToken("/feed/stream-token", { json: { last_event_id: lastEventId } }),
 * });
 * source.onmessage = ({ data }) => console.log(data);
 * ```
 *
 * Name it by the user, so that another user's tabs don't join. A stream that the server has ended stays
 * closed for all tabs until the tab that had the connection closes it.
 */
export class SharedEventSource extends Target {
  onopen: ((event: Event) => unknown) | null = null;
  onmessage: ((event: MessageEvent<string>) => unknown) | null = null;
  onerror: ((event: Event) => unknown) | null = null;
  onstatus: ((status: Status) => void) | null;

  #url;
  #init;
  /** Null where each tab has a connection of its own. */
  #channel: BroadcastChannel | null = null;
  #source: SecureEventSource | null = null;
  /** Whether this tab answers for all, be it that the stream has ended. */
  #answers = false;
  #status: Status = { state: "connecting", reason: null, retryAt: null, attempt: 1 };
  #position;
  #end = new AbortController();

  constructor(name: string, url: string | URL, init: SharedEventSourceInit = {}) {
    super();
    this.#url = url;
    this.#init = init;
    this.#position = init.lastEventId ?? "";
    this.onstatus = init.onstatus ?? null;
    for (const type of ["open", "message", "error"] as const) {
      this.addEventListener(type, (event) => this[`on${type}`]?.(event));
    }
    if (globalThis.navigator?.locks) this.#share(`sse-gate:${name}`);
    else this.#lead();
  }

  /** As an `EventSource` has it. */
  get readyState(): number {
    return { connecting: 0, waiting: 0, open: 1, closed: 2 }[this.#status.state];
  }

  get status(): Status {
    return this.#status;
  }

  /** Whether this tab has the connection. */
  get isLeader(): boolean {
    return this.#source !== null;
  }

  /** Ends it for this tab. No handler is called afterwards. */
  close(): void {
    this.#end.abort();
    this.#source?.close();
    this.#channel?.close();
    this.#status = { state: "closed", reason: null, retryAt: null, attempt: 0 };
  }

  /** Listens to the other tabs, and leads them when none does. */
  async #share(shared: string): Promise<void> {
    const { signal } = this.#end;
    this.#channel = new BroadcastChannel(shared);
    this.#channel.onmessage = ({ data }: MessageEvent<Told>) => this.#hear(data);
    this.#tell({ kind: "hello" });
    const untilClosed = () =>
      new Promise<void>((done) => {
        this.#lead();
        signal.addEventListener("abort", () => done());
      });
    await navigator.locks.request(shared, { signal }, untilClosed).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  #lead(): void {
    this.#answers = true;
    // What the one before had to say was the end.
    if (this.readyState === 2) return;
    this.#source = new SecureEventSource(this.#url, {
      ...this.#init,
      lastEventId: this.#position,
      // The only way to hear of events of every name.
      transport: "fetch",
      onevent: ({ type, data, lastEventId, origin }) => {
        const position = positionOf(lastEventId);
        const told: Told = { kind: "event", type, data, position, origin };
        this.#tell(told);
        this.#hear(told);
      },
      onstatus: (status) => {
        this.#tell({ kind: "status", status: withoutError(status) });
        this.#change(status);
      },
    });
  }

  #hear(told: Told): void {
    if (told.kind === "hello") {
      if (this.#answers) this.#tell({ kind: "status", status: withoutError(this.#status) });
    } else if (told.kind === "status") {
      this.#change(told.status);
    } else {
      const { type, data, position, origin } = told;
      this.#position = position;
      this.#fire(new MessageEvent(type, { data, lastEventId: position, origin }));
    }
  }

  #change(status: Status): void {
    if (this.#end.signal.aborted) return;
    const { state } = this.#status;
    this.#status = status;
    safely(() => this.onstatus?.(status));
    if (status.state === state) return;
    if (status.state === "open") this.#fire(new Event("open"));
    if (status.state === "waiting" || status.state === "closed") this.#fire(new Event("error"));
  }

  #fire(event: Event): void {
    if (!this.#end.signal.aborted) this.dispatchEvent(event);
  }

  #tell(told: Told): void {
    if (!this.#end.signal.aborted) this.#channel?.postMessage(told);
  }
}

/** An error may hold what a credential was, and can't always be copied. */
function withoutError({ state, reason, retryAt, attempt }: Status): Status {
  return { state, reason, retryAt, attempt };
}
