// A stream that the server can resume, watched. It comes back by itself, with the URL that it was
// given and the last id that it saw.

import { SecureEventSource } from "./sse-gate-client.js";

/** Why a stream has ended as the server wanted it, in words. */
const ENDED = {
  complete: "it is complete",
  no_content: "there is nothing more",
  deadline: "its time is over",
  idle: "the page did not come back in time",
  revoked: "the right to it was withdrawn",
  reuse: "an old id was shown, so it may have been copied",
  displaced: "newer streams took its place",
  failed: "the server made a mistake",
  closed: "the server closed it",
};

/** Why a stream is lost, in words. */
const LOST = {
  unauthorized: "the server knows neither the token nor the session any more",
  not_found: "it is not there any more",
};

export class ResumedStream {
  #source;
  #handlers;
  #ending = null;

  /**
   * Opens the URL and listens for events with these names. The handlers:
   * `onState(state, ending)`, the state being `connecting`, `open`, `waiting` (it comes back by
   * itself), `ended` (for good, as the server had said) or `lost` (for good); `onOpen(id)` when a
   * connection begins, `onGap({from, to}, id)` when the server says that these are gone, and
   * `onEvent(name, data, id)`.
   */
  constructor(url, names, handlers) {
    this.#handlers = handlers;
    this.#source = new SecureEventSource(url, { onstatus: (status) => this.#changed(status) });
    // Its data is not read: after a break WebKit may put what it had of an event before it.
    this.#on("sse.open", (_, id) => handlers.onOpen(id));
    this.#on("sse.gap", (gap, id) => handlers.onGap(gap, id));
    for (const name of names) this.#on(name, (data, id) => handlers.onEvent(name, data, id));
  }

  /** Whether it is connected, or will be again. */
  get isAlive() {
    return this.#source.readyState !== SecureEventSource.CLOSED;
  }

  /** An event of the stream's own has said how it ends. That says more than the server's word. */
  ends(reason) {
    this.#ending = reason;
  }

  /** Ends it here. No handler hears of it. */
  close() {
    this.#source.close();
  }

  #changed({ state, reason }) {
    if (state !== "closed") this.#handlers.onState(state, null);
    else if (reason in ENDED) this.#handlers.onState("ended", this.#ending ?? ENDED[reason]);
    else this.#handlers.onState("lost", LOST[reason] ?? reason);
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
