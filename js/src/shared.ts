// One connection for all tabs of an origin, over Web Locks and a BroadcastChannel.

import { SecureEventSource } from "./event-source.js";
import type { SecureEventSourceInit, StreamTarget } from "./init.js";
import { watchPage } from "./page.js";
import { positionOf } from "./position.js";
import { isProgress } from "./reserved.js";
import { safely } from "./safely.js";
import type { Status } from "./status.js";

/**
 * As for a `SecureEventSource`, which it has over `fetch`. It does not pause while its page is hidden:
 * another tab may be seen.
 */
export type SharedEventSourceInit = Omit<
  SecureEventSourceInit,
  "transport" | "onevent" | "pauseWhenHidden"
>;

/** What tabs tell each other. No token, no id of a session and no error is in it. */
type Told = { kind: "hello" } | { kind: "status"; status: Status; position: string } | ToldEvent;

interface ToldEvent {
  kind: "event";
  type: string;
  data: string;
  position: string;
  /** The position before it; empty where the tab that has the connection knows none. */
  after: string;
  origin: string;
}

const Target = EventTarget as new () => StreamTarget;

/**
 * An event source that all tabs of an origin with the same name share: one of them is connected, and
 * tells the others. When it is closed, or goes to the back/forward cache, another one goes on from the
 * last event. A tab that comes back from there may have missed some, and gets `sse.gap` then, if the ids
 * are numbers or of sse-gate's sessions.
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
 * Name it by the user, so that another user's tabs don't join. A stream that failed stays closed for all
 * tabs until the tab that had the connection closes it; then another one tries. A stream that the server
 * has sent to its end (`complete`, `no_content`) stays closed.
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
  /** Whether this tab has heard where the others are, since it joined them. */
  #isSynced = false;
  /** Aborted when this tab leaves the others, be it for a while. */
  #part = new AbortController();
  #isClosed = false;
  #unwatchPage = () => {};

  constructor(name: string, url: string | URL, init: SharedEventSourceInit = {}) {
    super();
    this.#url = url;
    this.#init = init;
    this.#position = init.lastEventId ?? "";
    this.onstatus = init.onstatus ?? null;
    for (const type of ["open", "message", "error"] as const) {
      this.addEventListener(type, (event) => this[`on${type}`]?.(event));
    }
    if (!globalThis.navigator?.locks) {
      this.#lead();
      return;
    }
    const join = () => this.#join(`sse-gate:${name}`);
    this.#unwatchPage = watchPage({
      onOnline: () => {},
      onHidden: () => {},
      onFreeze: () => {
        this.#leave();
        if (this.readyState !== 2) this.#change({ ...this.#status, ...AWAY });
      },
      onBack: () => this.#part.signal.aborted && join(),
    });
    join();
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
    this.#isClosed = true;
    this.#unwatchPage();
    this.#leave();
    this.#status = { state: "closed", reason: null, retryAt: null, attempt: 0 };
  }

  /** Listens to the other tabs, and leads them when none does. */
  #join(shared: string): void {
    const { signal } = (this.#part = new AbortController());
    this.#isSynced = false;
    this.#channel = new BroadcastChannel(shared);
    this.#channel.onmessage = ({ data }: MessageEvent<Told>) => this.#hear(data);
    this.#tell({ kind: "hello" });
    const untilLeft = () =>
      new Promise<void>((done) => {
        signal.addEventListener("abort", () => done());
        this.#lead();
      });
    navigator.locks.request(shared, { signal }, untilLeft).catch(() => {
      // Some pages may use no locks, such as one in a sandbox.
      if (signal.aborted) return;
      this.#channel?.close();
      this.#channel = null;
      this.#lead();
    });
  }

  /** Another tab may lead, and this one hears no more. */
  #leave(): void {
    this.#part.abort();
    this.#source?.close();
    this.#source = null;
    this.#answers = false;
    this.#channel?.close();
    this.#channel = null;
  }

  #lead(): void {
    this.#answers = true;
    this.#isSynced = true;
    // The server has sent all to the one before. What else closed it may be that tab's own.
    const { state, reason } = this.#status;
    if (state === "closed" && (reason === "complete" || reason === "no_content")) return;
    this.#source = new SecureEventSource(this.#url, {
      ...this.#init,
      lastEventId: this.#position,
      // The only way to hear of events of every name.
      transport: "fetch",
      pauseWhenHidden: false,
      onevent: ({ type, data, lastEventId, origin }) => {
        const position = positionOf(lastEventId);
        const after = this.#position;
        const told: Told = { kind: "event", type, data, position, after, origin };
        this.#tell(told);
        this.#hear(told);
      },
      onstatus: (status) => {
        this.#tellStatus(status);
        this.#change(status);
      },
    });
  }

  /** A tab with another version of this page may say what this one does not know. */
  #hear(told: Told): void {
    const kind = told?.kind;
    if (kind === "hello") {
      if (this.#answers) this.#tellStatus();
    } else if (kind === "status") {
      this.#skipTo(told.position);
      this.#change(told.status);
    } else if (kind === "event") {
      const { type, data, position, origin } = told;
      // It may be here before the answer to `hello`.
      if (!this.#isSynced) this.#skipTo(positionBefore(told));
      if (this.#isSynced) this.#position = position;
      this.#fire(new MessageEvent(type, { data, lastEventId: position, origin }));
    }
  }

  /**
   * The others are there already. What this tab has not got, it never gets. An empty position is that
   * of a tab that does not know yet.
   */
  #skipTo(position: string): void {
    if (!position) return;
    this.#isSynced = true;
    const [from, to] = [Number(this.#position) + 1, Number(position)];
    const hasMissed = this.#position !== "" && from <= to;
    this.#position = position;
    const data = JSON.stringify({ v: 1, from, to });
    if (hasMissed) this.#fire(new MessageEvent("sse.gap", { data, lastEventId: position }));
  }

  #change(status: Status): void {
    if (this.#isClosed) return;
    const { state } = this.#status;
    this.#status = status;
    safely(() => this.onstatus?.(status));
    if (status.state === state) return;
    if (status.state === "connecting" || status.reason === "hidden") return;
    this.#fire(new Event(status.state === "open" ? "open" : "error"));
  }

  #fire(event: Event): void {
    if (!this.#isClosed) this.dispatchEvent(event);
  }

  #tell(told: Told): void {
    this.#channel?.postMessage(told);
  }

  #tellStatus(status = this.#status): void {
    this.#tell({ kind: "status", status: withoutError(status), position: this.#position });
  }
}

/** Where the others were before an event. The id of one of the library is where the stream stands. */
function positionBefore({ type, position, after }: ToldEvent): string {
  return after || (position && `${Number(position) - Number(isProgress(type))}`);
}

const AWAY = { state: "waiting", reason: "hidden", retryAt: null } as const;

/** An error may hold what a credential was, and can't always be copied. */
function withoutError({ state, reason, retryAt, attempt }: Status): Status {
  return { state, reason, retryAt, attempt };
}
