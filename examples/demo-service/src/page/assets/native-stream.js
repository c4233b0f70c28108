// A plain EventSource, watched. It loses its connection, waits, and comes back all by itself, with
// the URL it was given and the last id it saw. Nothing here helps it.

/** Why a server closes a stream, in words. */
const CLOSED = {
  complete: "it is complete",
  deadline: "its time is over",
  idle: "nobody came back in time",
  revoked: "the right to it was withdrawn",
  reuse: "an old id was shown, so somebody may have copied it",
};

export class NativeStream {
  #source;
  #handlers;
  #ending = null;

  /**
   * Opens the URL and listens for events with these names. The handlers:
   * `onState(state, ending)`, the state being `connecting`, `open`, `waiting` (the browser comes
   * back by itself), `ended` (for good, as the server had said) or `lost` (for good);
   * `onOpen(id)` when a connection begins, `onGap({from, to}, id)` when the server says that these
   * are gone, and `onEvent(name, data, id)`.
   */
  constructor(url, names, handlers) {
    this.#handlers = handlers;
    const source = (this.#source = new EventSource(url));
    source.onopen = () => handlers.onState("open", null);
    source.onerror = () => this.#failed();
    // Its data is not read: after a break WebKit may put what it had of an event before it.
    this.#on("sse.open", (_, id) => {
      this.#ending = null;
      handlers.onOpen(id);
    });
    this.#on("sse.gap", (gap, id) => handlers.onGap(gap, id));
    this.#on("sse.close", ({ reason }) => this.#closed(reason));
    this.#on("sse.error", () => this.ends("the server made a mistake"));
    for (const name of names) this.#on(name, (data, id) => handlers.onEvent(name, data, id));
    handlers.onState("connecting", null);
  }

  /** Whether it is connected, or will be again. */
  get isAlive() {
    return this.#source.readyState !== EventSource.CLOSED;
  }

  /** The server has said that it ends, and why. The browser still has to find out, by itself. */
  ends(reason) {
    this.#ending = reason;
  }

  /** Ends it here. No handler hears of it. */
  close() {
    this.#source.onopen = this.#source.onerror = null;
    this.#source.close();
  }

  /** What an event of the stream's own has said of a complete one says more. */
  #closed(reason) {
    if (reason === "complete" && this.#ending !== null) return;
    this.ends(CLOSED[reason] ?? `it was closed: ${reason}`);
  }

  #failed() {
    const final = this.#ending === null ? "lost" : "ended";
    this.#handlers.onState(this.isAlive ? "waiting" : final, this.#ending);
  }

  #on(name, handle) {
    this.#source.addEventListener(name, (event) => handle(parse(event.data), event.lastEventId));
  }
}

/** The JSON, or the text itself if it is none. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
