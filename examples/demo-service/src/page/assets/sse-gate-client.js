// Made from the package in js/ by `npm run demo`. Change it there.

// src/parser.ts
var LINE_END = /\r\n?|\n/g;
var EventParser = class {
  #hooks;
  #limit;
  /** The beginning of a line whose end has not come. */
  #line = "";
  #afterCr = false;
  #type = "";
  #data = null;
  /** An id counts from the end of its block on, so that a block that is cut off leaves none. */
  #idOfBlock;
  #id;
  constructor(hooks, options = {}) {
    this.#hooks = hooks;
    this.#limit = options.maxEventLength ?? 2 ** 21;
    this.#id = this.#idOfBlock = options.lastEventId ?? "";
  }
  /** The id that goes out with the next request; empty if none does. */
  get lastEventId() {
    return this.#id;
  }
  /**
   * Reads on. Events are dispatched before it returns.
   *
   * @param text decoded as UTF-8, without a byte order mark.
   * @throws RangeError if an event is too long. The parser can't be used afterwards.
   */
  push(text) {
    let start = this.#afterCr && text[0] === "\n" ? 1 : 0;
    if (text) this.#afterCr = false;
    LINE_END.lastIndex = start;
    for (let end; end = LINE_END.exec(text); ) {
      const line = this.#line + text.slice(start, end.index);
      this.#line = "";
      start = LINE_END.lastIndex;
      this.#afterCr = end[0] === "\r" && start === text.length;
      this.#read(line);
      LINE_END.lastIndex = start;
    }
    this.#line += text.slice(start);
    this.#check(this.#line.length);
  }
  #read(line) {
    if (!line) {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) {
      this.#hooks.onComment?.(line.slice(1));
      return;
    }
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (field === "data") {
      this.#data = (this.#data === null ? "" : this.#data + "\n") + value;
      this.#check(this.#data.length);
    } else if (field === "event") {
      this.#type = value;
    } else if (field === "id") {
      if (!value.includes("\0")) this.#idOfBlock = value;
    } else if (field === "retry" && /^[0-9]+$/.test(value)) {
      this.#hooks.onRetry?.(Number(value));
    }
  }
  #dispatch() {
    const type = this.#type || "message";
    const data = this.#data;
    this.#type = "";
    this.#data = null;
    this.#id = this.#idOfBlock;
    if (data !== null) this.#hooks.onEvent({ type, data, lastEventId: this.#id });
  }
  #check(length) {
    if (length > this.#limit)
      throw new RangeError(`an event has more than ${this.#limit} characters`);
  }
};

// src/body.ts
async function* textOf(body) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (let chunk; !(chunk = await reader.read()).done; ) {
      yield decoder.decode(chunk.value, { stream: true });
    }
  } finally {
    reader.cancel().catch(() => {
    });
  }
}
async function* streamEvents(body, options) {
  const events = [];
  const parser = new EventParser({ onEvent: (event) => events.push(event) }, options);
  for await (const text of textOf(body)) {
    try {
      parser.push(text);
    } finally {
      yield* events.splice(0);
    }
  }
}

// src/backoff.ts
var MAX_RETRY = 36e5;
function backoff(failures, asked, { base = 1e3, cap = 3e4, floor = 500 } = {}) {
  const jitter = Math.random() * Math.min(cap, base * 2 ** failures);
  return Math.max(floor, Math.min(asked, MAX_RETRY) + jitter);
}

// src/status.ts
var NEEDS_TOKEN = ["unauthorized", "deadline", "idle", "rollback", "no_content"];
function endingOf(status, headers) {
  if (status === 200) return null;
  const wait = retryAfter(headers?.get("Retry-After"));
  if (status === 429 || status === 503) return { reason: "busy", wait };
  if (status >= 500 || status === 408 || status === 425) return { reason: "server_error", wait };
  if (status === 401) return { reason: "unauthorized" };
  return { reason: FINAL[status] ?? (status < 400 ? "redirected" : "rejected"), final: true };
}
var FINAL = {
  204: "no_content",
  403: "forbidden",
  404: "not_found",
  410: "not_found"
};
function retryAfter(value) {
  const text = `${value}`;
  const isDate = /^\w+, \d\d\D/.test(text);
  const wait = isDate ? Date.parse(text) - Date.now() : Number(/^\d+$/.exec(text)) * 1e3;
  return wait > 0 ? wait : void 0;
}
function endingOfThrown(error) {
  const { status, retryAfter: retryAfter2 } = error ?? {};
  const ending = typeof status === "number" && endingOf(status) || { reason: "mint" };
  const final = ending.final || status === 401;
  return { ...ending, final, wait: retryAfter2, error };
}

// src/fetch.ts
function openFetch(request, options, hooks) {
  const abort = new AbortController();
  follow(request, options, hooks, abort.signal).catch((error) => {
    const tooLong = error instanceof RangeError;
    return { reason: tooLong ? "too_long" : "network", final: tooLong, error };
  }).then(hooks.onEnd);
  return { close: () => abort.abort() };
}
async function follow(request, { lastEventId, credentials, maxEventLength, fetch: fetch2 }, hooks, signal) {
  const headers = new Headers(request.headers);
  headers.set("Accept", "text/event-stream");
  if (lastEventId) headers.set("Last-Event-ID", utf8(lastEventId));
  const response = await fetch2(`${request.url}`, {
    headers,
    credentials,
    signal,
    cache: "no-store",
    // A redirect would take the token, or the bearer, to wherever it leads.
    redirect: "manual"
  });
  if (signal.aborted) return { reason: "network" };
  const ending = endingOf(response.status, response.headers);
  if (ending) return ending;
  const type = response.headers.get("Content-Type") ?? "";
  if (!/^text\/event-stream *(;|$)/i.test(type) || !response.body) {
    return { reason: "not_a_stream", final: true };
  }
  hooks.onOpen();
  const parser = new EventParser(hooks, { lastEventId, maxEventLength });
  for await (const text of textOf(response.body)) {
    hooks.onActivity();
    parser.push(text);
    hooks.onId(parser.lastEventId);
  }
  return { reason: "ended" };
}
function utf8(text) {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

// src/mint.ts
function requestOf(minted, base) {
  if (typeof minted === "string" || minted instanceof URL) return { url: new URL(minted, base) };
  if ("url" in minted) return { ...minted, url: new URL(minted.url, base) };
  const url = new URL(minted.stream_url ?? base, base);
  if (url.origin !== new URL(base).origin) throw new Error("the stream has another origin");
  url.searchParams.set("token", minted.sse_token);
  return { url };
}
var MintError = class extends Error {
  name = "MintError";
  /** The status of the answer. */
  status;
  /** Milliseconds that the server asks to wait. */
  retryAfter;
  constructor(response, detail) {
    super(detail ?? `no token: the server answered ${response.status}`);
    this.status = response.status;
    this.retryAfter = retryAfter(response.headers.get("Retry-After"));
  }
};
async function postForToken(url, init = {}) {
  const { json, ...rest } = init;
  const headers = new Headers(rest.headers);
  headers.set("Accept", "application/json");
  const body = JSON.stringify(json) ?? rest.body ?? null;
  if (json !== void 0) headers.set("Content-Type", "application/json");
  const response = await fetch(url, {
    ...rest,
    method: "POST",
    headers,
    body,
    cache: "no-store",
    redirect: "error"
  });
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => null);
  throw new MintError(response, problem?.detail ?? problem?.title);
}

// src/native.ts
function openNative(url, withCredentials, types, hooks) {
  const source = new EventSource(`${url}`, { withCredentials });
  const listen = (type) => source.addEventListener(type, (event) => {
    if (!("data" in event)) return;
    hooks.onActivity();
    hooks.onEvent(event);
  });
  source.onopen = hooks.onOpen;
  source.onerror = () => {
    if (source.readyState === 2) hooks.onEnd({ reason: "lost" });
    else hooks.onReconnecting();
  };
  for (const type of types) listen(type);
  const close = () => {
    source.onopen = source.close;
    source.onerror = null;
    source.close();
  };
  return { close, listen };
}

// src/page.ts
function watchPage(hooks) {
  const abort = new AbortController();
  const on = (target, type, listener) => target?.addEventListener?.(type, listener, { signal: abort.signal });
  on(globalThis, "online", hooks.onOnline);
  on(
    globalThis.document,
    "visibilitychange",
    () => document.hidden ? hooks.onHidden() : hooks.onBack()
  );
  on(globalThis, "pagehide", hooks.onFreeze);
  on(globalThis, "pageshow", (event) => event.persisted && hooks.onBack());
  return () => abort.abort();
}
function isOffline() {
  return globalThis.navigator?.onLine === false;
}

// src/reserved.ts
var RESERVED = ["open", "gap", "close", "error", "wait", "heartbeat"].map(
  (it) => "sse." + it
);
var FINAL2 = ["complete", "revoked", "reuse", "displaced"];
function isProgress(type) {
  return !type.startsWith("sse.") || type === "sse.heartbeat";
}
function endingOfClose(type, data, retry) {
  if (type === "sse.error") return { reason: "failed", final: true };
  if (type === "sse.wait") return { reason: "busy", wait: retry };
  if (type !== "sse.close") return null;
  const reason = dataOf(data).reason;
  if (NEEDS_TOKEN.includes(reason)) return { reason };
  return { reason: FINAL2.includes(reason) ? reason : "closed", final: true };
}
function dataOf(data) {
  try {
    return JSON.parse(data.slice(data.lastIndexOf("\n") + 1)) ?? {};
  } catch {
    return {};
  }
}

// src/position.ts
var RESUME_ID = /^sser1\..*\.([0-9a-z]+)$/;
function positionOf(lastEventId) {
  const sequence = RESUME_ID.exec(lastEventId)?.[1];
  return sequence ? parseInt(sequence, 36) + "" : lastEventId;
}

// src/safely.ts
function safely(call) {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

// src/event-source.ts
var Target = EventTarget;
var SecureEventSource = class extends Target {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSED = 2;
  CONNECTING = 0;
  OPEN = 1;
  CLOSED = 2;
  /** The URL that it was made with. It has no token that was minted. */
  url;
  withCredentials;
  onopen = null;
  onmessage = null;
  onerror = null;
  onstatus;
  #init;
  #status = { state: "connecting", reason: null, retryAt: null, attempt: 1 };
  /** The names to listen for. */
  #types = /* @__PURE__ */ new Set(["message", ...RESERVED]);
  #unwatchPage;
  /** What the stream was asked for with. */
  #request;
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
  #connection = null;
  #attempt = new AbortController();
  #timer;
  #watch;
  #lastActivity = 0;
  constructor(url, init = {}) {
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
      onBack: () => this.#resume()
    });
    for (const type of ["open", "message", "error"]) {
      super.addEventListener(type, (event) => this[`on${type}`]?.(event));
    }
    queueMicrotask(() => this.#connect());
  }
  /** `CONNECTING` while it waits for the next attempt, too. */
  get readyState() {
    return { connecting: 0, waiting: 0, open: 1, closed: 2 }[this.#status.state];
  }
  get status() {
    return this.#status;
  }
  /** The id of the last event that came. */
  get lastEventId() {
    return this.#lastEventId;
  }
  /** Ends it for good. No handler is called afterwards. */
  close() {
    this.#stop();
    this.#unwatchPage();
    this.#isClosed = true;
    this.#status = { state: "closed", reason: null, retryAt: null, attempt: 0 };
  }
  addEventListener(type, listener, options) {
    super.addEventListener(type, listener, options);
    if (this.#types.has(type)) return;
    this.#types.add(type);
    this.#connection?.listen?.(type);
  }
  async #connect() {
    if (this.#status.state === "closed") return;
    this.#stop();
    const { signal } = this.#attempt = new AbortController();
    this.#lastActivity = Date.now();
    this.#watchSilence();
    this.#change("connecting", null);
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
  async #ask(signal) {
    const { mint, headers } = this.#init;
    if (!this.#resumable || this.#mayBeNative()) {
      let minted = this.url;
      if (mint) {
        minted = await mint({
          lastEventId: positionOf(this.#lastEventId),
          number: this.#failures + 1,
          resumes: this.#hasBegun,
          signal
        });
        if (signal.aborted || minted === null) return null;
      }
      this.#request = requestOf(minted, this.url);
    }
    const added = await headers?.();
    return added ? { ...this.#request, headers: added } : this.#request;
  }
  #open(request, signal) {
    const hooks = this.#hooks(signal);
    const { withCredentials } = this;
    const { fetch: fetch2 = globalThis.fetch, maxEventLength = 2 ** 21 } = this.#init;
    const lastEventId = this.#lastEventId;
    const credentials = withCredentials ? "include" : "same-origin";
    const options = { lastEventId, credentials, fetch: fetch2, maxEventLength };
    this.#connection = this.#mayBeNative() ? openNative(request.url, withCredentials, this.#types, hooks) : openFetch(request, options, hooks);
  }
  /** A native EventSource sends neither headers nor, when it is new, an id. */
  #mayBeNative() {
    const { transport, onevent, headers = this.#request.headers } = this.#init;
    if (transport === "fetch" || headers || typeof EventSource === "undefined") return false;
    return transport === "native" || !(onevent || this.#lastEventId || this.#failures);
  }
  #hooks(signal) {
    const whileAlive = (hook) => (...args) => signal.aborted || hook(...args);
    return {
      onOpen: whileAlive(() => {
        this.#refusals = 0;
        this.#lastActivity = Date.now();
        if (this.#connection?.listen && !this.#init.heartbeatTimeout) this.#watchNoLonger();
        this.#change("open", null);
        this.#fire(new Event("open"));
      }),
      onActivity: whileAlive(() => this.#lastActivity = Date.now()),
      onId: whileAlive((id) => this.#lastEventId = id),
      onRetry: whileAlive((retry) => this.#retry = retry),
      onEvent: whileAlive((event) => this.#receive(event, signal)),
      onReconnecting: whileAlive(() => {
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
      onEnd: whileAlive((ending) => this.#end(ending))
    };
  }
  #receive({ type, data, lastEventId }, signal) {
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
  #dispatch(type, data, lastEventId) {
    const { origin } = this.#request.url;
    const event = new MessageEvent(type, { data, lastEventId, origin });
    safely(() => this.#init.onevent?.(event));
    this.#fire(event);
  }
  /** A handler may have closed it. */
  #fire(event) {
    if (!this.#isClosed) this.dispatchEvent(event);
  }
  /** An attempt has ended: closes, or waits for the next one. */
  #end({ reason, final, wait = 0, error }) {
    this.#stop();
    const { mint, headers, maxAttempts = Infinity } = this.#init;
    if (reason === "no_content" && this.#wasAway && mint) final = this.#wasAway = false;
    const delay = backoff(this.#failures, wait > 0 ? wait : this.#retry, this.#init);
    if (++this.#failures >= maxAttempts) final = true;
    if (reason === "unauthorized" && ++this.#refusals > 1) final = true;
    if (NEEDS_TOKEN.includes(reason) || this.#resumable && this.#mayBeNative()) {
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
  #watchSilence(isLate = false) {
    this.#watchNoLonger();
    const { heartbeatTimeout = 45e3 } = this.#init;
    if (heartbeatTimeout === Infinity) return;
    const left = Math.max(0, this.#lastActivity + heartbeatTimeout - Date.now());
    if (isLate && !left) this.#end({ reason: "timeout" });
    else this.#watch = setTimeout(() => this.#watchSilence(!left), left);
  }
  #watchNoLonger() {
    clearTimeout(this.#watch);
    this.#watch = void 0;
  }
  #suspend() {
    if (this.#status.state === "closed") return;
    this.#stop();
    this.#wasAway = true;
    this.#change("waiting", "hidden");
  }
  /**
   * The page is back: what is due is done at once, as its timers may have been slowed down. So is what
   * has no time: the browser may be online without knowing it.
   */
  #resume() {
    const { state, retryAt } = this.#status;
    if (state === "waiting") {
      if ((retryAt ?? 0) <= Date.now()) this.#connect();
    } else if (this.#watch) {
      this.#watchSilence();
    }
  }
  /** Ends what is under way. */
  #stop() {
    this.#attempt.abort();
    this.#connection?.close();
    clearTimeout(this.#timer);
    this.#watchNoLonger();
  }
  #change(state, reason, retryAt = null, error) {
    this.#status = {
      state,
      reason,
      retryAt,
      attempt: this.#failures + 1,
      ...error !== void 0 && { error }
    };
    safely(() => this.onstatus?.(this.#status));
  }
};
export {
  EventParser,
  MintError,
  SecureEventSource,
  postForToken,
  streamEvents
};
