// SecureEventSource: what happens over all attempts of one stream.

import { backoff } from "./backoff.js";
import type { Connection, ConnectionHooks } from "./connection.js";
import { openFetch } from "./fetch.js";
import type { Listener, SecureEventSourceInit, StreamTarget } from "./init.js";
import { requestOf, type Minted, type MintedRequest, type StreamRequest } from "./mint.js";
import { openNative } from "./native.js";
import { isOffline, watchPage } from "./page.js";
import type { StreamEvent } from "./parser.js";
import { dataOf, endingOfClose, isProgress, RESERVED } from "./reserved.js";
import { positionOf } from "./position.js";
import { safely } from "./safely.js";
import { endingOfThrown, NEEDS_TOKEN, type Ending, type Status } from "./status.js";

/** Its listeners get the events of a stream. */
const Target = EventTarget as new () => StreamTarget;

/**
 * An `EventSource` that asks for a fresh token before each attempt, goes on from the last event, and
 * says why it failed.
 *
 * ```js
 * const source = new SecureEventSource("/feed/stream", {
 *   mint: ({ signal }) => postForToken("/feed/stream-token", { headers: bearer(), signal }),
 *   onstatus: ({ state, reason }) => console.log(state, reason),
 * });
 * source.onmessage = ({ data }) => console.log(data);
 * ```
 */
export class SecureEventSource extends Target implements EventSource {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 2;

  /** The URL that it was made with. It has no token that was minted. */
  readonly url: string;
  readonly withCredentials: boolean;
  onopen: ((this: EventSource, event: Event) => unknown) | null = null;
  onmessage: ((this: EventSource, event: MessageEvent) => unknown) | null = null;
  onerror: ((this: EventSource, event: Event) => unknown) | null = null;
  onstatus: ((status: Status) => void) | null;

  #init;
  #status: Status = { state: "connecting", reason: null, retryAt: null, attempt: 1 };
  /** The names to listen for. */
  #types = new Set(["message", ...RESERVED]);
  #unwatchPage;

  /** What the stream was asked for with. */
  #request!: MintedRequest;
  /** Whether the server goes on with this request, given the last id: its first event was `sse.open`. */
  #resumable = false;
  #lastEventId;
  #hasBegun = false;
  /** The server's reconnection time, in milliseconds. */
  #retry = 0;
  #failures = 0;
  #refusals = 0;
  /** Whether the page was away, so that the session may be over. */
  #wasAway = false;

  /** Whether the page has closed it. */
  #isClosed = false;
  #connection: Connection | null = null;
  #attempt = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #lastActivity = 0;

  constructor(url: string | URL, init: SecureEventSourceInit = {}) {
    super();
    this.url = new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href;
    this.withCredentials = init.withCredentials ?? false;
    this.#init = init;
    this.#lastEventId = init.lastEventId ?? "";
    this.onstatus = init.onstatus ?? null;
    this.#unwatchPage = watchPage({
      onOnline: () => this.#status.reason === "offline" && this.#connect(),
      onHidden: () => init.pauseWhenHidden && this.#suspend(),
      onFreeze: () => this.#suspend(),
      onBack: () => this.#resume(),
    });
    for (const type of ["open", "message", "error"] as const) {
      super.addEventListener(type, (event) => this[`on${type}`]?.(event));
    }
    // The caller sets its handlers first.
    queueMicrotask(() => this.#connect());
  }

  /** `CONNECTING` while it waits for the next attempt, too. */
  get readyState(): number {
    return { connecting: 0, waiting: 0, open: 1, closed: 2 }[this.#status.state];
  }

  get status(): Status {
    return this.#status;
  }

  /** The id of the last event that came. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  /** Ends it for good. No handler is called afterwards. */
  close(): void {
    this.#stop();
    this.#unwatchPage();
    this.#isClosed = true;
    this.#status = { state: "closed", reason: null, retryAt: null, attempt: 0 };
  }

  override addEventListener(
    type: string,
    listener: Listener,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
    if (this.#types.has(type)) return;
    this.#types.add(type);
    this.#connection?.listen?.(type);
  }

  async #connect(): Promise<void> {
    if (this.#status.state === "closed") return;
    this.#stop();
    const { signal } = (this.#attempt = new AbortController());
    this.#lastActivity = Date.now();
    this.#watchSilence();
    this.#change("connecting", null);
    // A handler may have closed it.
    if (signal.aborted) return;
    try {
      const request = await this.#ask(signal);
      if (signal.aborted) return;
      if (request) this.#open(request, signal);
      else this.#end({ reason: "declined", final: true });
    } catch (error) {
      if (!signal.aborted) this.#end(endingOfThrown(error));
    }
  }

  /** What to ask for the stream with. */
  async #ask(signal: AbortSignal): Promise<StreamRequest | null> {
    const { mint, headers } = this.#init;
    // A new native EventSource could not go on with the same request.
    if (!this.#resumable || this.#mayBeNative()) {
      let minted: Minted | null = this.url;
      if (mint) {
        minted = await mint({
          lastEventId: positionOf(this.#lastEventId),
          number: this.#failures + 1,
          resumes: this.#hasBegun,
          signal,
        });
        // By now another attempt may have asked for the stream with a token of its own.
        if (signal.aborted || minted === null) return null;
      }
      this.#request = requestOf(minted, this.url);
    }
    const added = await headers?.();
    return added ? { ...this.#request, headers: added } : this.#request;
  }

  #open(request: StreamRequest, signal: AbortSignal): void {
    const hooks = this.#hooks(signal);
    const { withCredentials } = this;
    const { fetch = globalThis.fetch, maxEventLength = 2 ** 21 } = this.#init;
    const lastEventId = this.#lastEventId;
    const credentials = withCredentials ? "include" : "same-origin";
    const options = { lastEventId, credentials, fetch, maxEventLength } as const;
    this.#connection = this.#mayBeNative()
      ? openNative(request.url, withCredentials, this.#types, hooks)
      : openFetch(request, options, hooks);
  }

  /** A native EventSource sends neither headers nor, when it is new, an id. */
  #mayBeNative(): boolean {
    const { transport, onevent, headers = this.#request.headers } = this.#init;
    if (transport === "fetch" || headers || typeof EventSource === "undefined") return false;
    return transport === "native" || !(onevent || this.#lastEventId || this.#failures);
  }

  #hooks(signal: AbortSignal): ConnectionHooks {
    const whileAlive =
      <T extends unknown[]>(hook: (...args: T) => void) =>
      (...args: T) =>
        signal.aborted || hook(...args);
    return {
      onOpen: whileAlive(() => {
        this.#refusals = 0;
        this.#lastActivity = Date.now();
        // A native one sees no comments, so that silence says nothing from now on.
        if (this.#connection?.listen && !this.#init.heartbeatTimeout) this.#watchNoLonger();
        this.#change("open", null);
        this.#fire(new Event("open"));
      }),
      onActivity: whileAlive(() => (this.#lastActivity = Date.now())),
      onId: whileAlive((id) => (this.#lastEventId = id)),
      onRetry: whileAlive((retry) => (this.#retry = retry)),
      onEvent: whileAlive((event) => this.#receive(event, signal)),
      onReconnecting: whileAlive(() => {
        // With the same URL, which is of use where the server can resume. But the time that it waits
        // never grows: it has one try.
        if (this.#resumable && !this.#failures && this.#init.maxAttempts !== 1) {
          this.#failures = 1;
          this.#lastActivity = Date.now();
          this.#watchSilence();
          this.#change("waiting", "lost");
          this.#fire(new Event("error"));
        } else {
          this.#end({ reason: "lost" });
        }
      }),
      onEnd: whileAlive((ending) => this.#end(ending)),
    };
  }

  #receive({ type, data, lastEventId }: StreamEvent, signal: AbortSignal): void {
    this.#lastEventId = lastEventId;
    this.#hasBegun = true;
    if (isProgress(type)) {
      this.#failures = 0;
      this.#wasAway = false;
    }
    if (type === "sse.open") {
      this.#resumable = true;
      const { gap } = dataOf(data);
      if (gap) this.#dispatch("sse.gap", JSON.stringify(gap), lastEventId);
    }
    if (type === "sse.heartbeat") this.#watchSilence();
    if (!signal.aborted) this.#dispatch(type, data, lastEventId);
    const ending = endingOfClose(type, data, this.#retry);
    if (ending && !signal.aborted) this.#end(ending);
  }

  #dispatch(type: string, data: string, lastEventId: string): void {
    const { origin } = this.#request.url;
    const event = new MessageEvent(type, { data, lastEventId, origin });
    safely(() => this.#init.onevent?.(event));
    this.#fire(event);
  }

  /** A handler may have closed it. */
  #fire(event: Event): void {
    if (!this.#isClosed) this.dispatchEvent(event);
  }

  /** An attempt has ended: closes, or waits for the next one. */
  #end({ reason, final, wait = 0, error }: Ending): void {
    this.#stop();
    const { mint, headers, maxAttempts = Infinity } = this.#init;
    // While the page was away its session may have ended, and the stream not: it has one more try.
    if (reason === "no_content" && this.#wasAway && mint) final = this.#wasAway = false;
    const delay = backoff(this.#failures, wait > 0 ? wait : this.#retry, this.#init);
    if (++this.#failures >= maxAttempts) final = true;
    if (reason === "unauthorized" && ++this.#refusals > 1) final = true;
    // What was asked for with is of no more use. Of the id of a session that is over, the number is. A
    // new native EventSource would send no id.
    if (NEEDS_TOKEN.includes(reason) || (this.#resumable && this.#mayBeNative())) {
      if (reason !== "unauthorized") this.#lastEventId = positionOf(this.#lastEventId);
      this.#resumable = false;
      final ||= !(mint ?? headers);
    }
    let retryAt = null;
    if (final) {
      this.#unwatchPage();
    } else if (isOffline()) {
      reason = "offline";
    } else {
      this.#timer = setTimeout(() => this.#connect(), delay);
      retryAt = Date.now() + delay;
    }
    this.#change(final ? "closed" : "waiting", reason, retryAt, error);
    this.#fire(new Event("error"));
  }

  /** Ends an attempt that is silent for too long. */
  #watchSilence(isLate = false): void {
    this.#watchNoLonger();
    const { heartbeatTimeout = 45_000 } = this.#init;
    if (heartbeatTimeout === Infinity) return;
    const left = Math.max(0, this.#lastActivity + heartbeatTimeout - Date.now());
    // Behind a timer that is late there may be chunks that came in time: it looks once more after them.
    if (isLate && !left) this.#end({ reason: "timeout" });
    else this.#watch = setTimeout(() => this.#watchSilence(!left), left);
  }

  #watchNoLonger(): void {
    clearTimeout(this.#watch);
    this.#watch = undefined;
  }

  #suspend(): void {
    if (this.#status.state === "closed") return;
    this.#stop();
    this.#wasAway = true;
    this.#change("waiting", "hidden");
  }

  /**
   * The page is back: what is due is done at once, as its timers may have been slowed down. So is what
   * has no time: the browser may be online without knowing it.
   */
  #resume(): void {
    const { state, retryAt } = this.#status;
    if (state === "waiting") {
      if ((retryAt ?? 0) <= Date.now()) this.#connect();
    } else if (this.#watch) {
      this.#watchSilence();
    }
  }

  /** Ends what is under way. */
  #stop(): void {
    this.#attempt.abort();
    this.#connection?.close();
    clearTimeout(this.#timer);
    this.#watchNoLonger();
  }

  #change(
    state: Status["state"],
    reason: Status["reason"],
    retryAt: number | null = null,
    error?: unknown,
  ): void {
    this.#status = {
      state,
      reason,
      retryAt,
      attempt: this.#failures + 1,
      ...(error !== undefined && { error }),
    };
    safely(() => this.onstatus?.(this.#status));
  }
}
