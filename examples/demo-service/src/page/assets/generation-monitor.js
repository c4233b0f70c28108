// Follows one generation over as many streams as it takes.
//
// EventSource reconnects by itself, but with the same URL, whose token is spent by then. So this
// closes it at the first error and goes on with a new token, from after the last event it saw.

/** Answers to a token request after which another try can't do better: 401, 403, 404 and the like. */
function isFinal(error) {
  const again = [408, 425, 429];
  return error.status >= 400 && error.status < 500 && !again.includes(error.status);
}

/** Full jitter: anything up to a bound that doubles with each try, so that clients don't come in step. */
export function backoff(retry, { baseDelay, maxDelay, random = Math.random }) {
  return Math.round(random() * Math.min(maxDelay, baseDelay * 2 ** retry));
}

export class GenerationMonitor {
  #id;
  #getToken;
  #settings;
  #handlers = {};
  #source = null;
  #timer = null;
  #abort = null;
  #lastEventId = "";
  #retries = 0;
  #running = false;

  /**
   * `getToken(id, lastEventId, signal)` asks the server for a token and resolves to its
   * `{sse_token, stream_url}`; it rejects with an error that may have `status` and `retryAfter`.
   */
  constructor(id, getToken, settings = {}) {
    this.#id = id;
    this.#getToken = getToken;
    this.#settings = { maxRetries: 5, baseDelay: 1000, maxDelay: 10_000, ...settings };
  }

  /**
   * Starts, or starts again where it was. The handlers, all optional:
   * `onProgress(record, eventId)`, `onComplete(record)` after the final one, `onError(error, final)`,
   * and `onStep(step, details)` for what happens between: `token`, `minted`, `open`, `lost`, `wait`.
   */
  start(handlers = this.#handlers) {
    this.stop();
    this.#handlers = handlers;
    this.#retries = 0;
    this.#running = true;
    this.#connect();
  }

  /** Ends for good, unless it is started again. */
  stop() {
    this.#running = false;
    this.#close();
  }

  /** Loses the connection on purpose, and goes the way of every lost connection. */
  drop() {
    if (this.isStreaming) this.#lost(new Error("dropped on purpose"));
  }

  get isStreaming() {
    return this.#source !== null && this.#source.readyState === EventSource.OPEN;
  }

  /** Whether it follows the generation, be it between two streams. */
  get isRunning() {
    return this.#running;
  }

  async #connect() {
    const abort = (this.#abort = new AbortController());
    let answer;
    try {
      this.#step("token", { lastEventId: this.#lastEventId });
      answer = await this.#getToken(this.#id, this.#lastEventId, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      if (isFinal(error)) this.#giveUp(error);
      else this.#lost(error);
      return;
    }
    if (abort.signal.aborted) return;
    this.#open(answer);
  }

  #open({ sse_token, stream_url, expires_in }) {
    const url = `${stream_url}?token=${encodeURIComponent(sse_token)}`;
    this.#step("minted", { url, expiresIn: expires_in });
    const source = (this.#source = new EventSource(url));
    source.onopen = () => this.#step("open", { url });
    source.onmessage = (event) => this.#message(event);
    source.onerror = () => this.#lost(new Error("the connection was lost"));
  }

  #message(event) {
    this.#retries = 0;
    if (event.lastEventId) this.#lastEventId = event.lastEventId;
    let record;
    try {
      record = JSON.parse(event.data);
    } catch (error) {
      this.#handlers.onError?.(error, false);
      return;
    }
    const complete = record.status === "completed" || record.status === "failed";
    if (complete) this.stop();
    this.#handlers.onProgress?.(record, event.lastEventId);
    if (complete) this.#handlers.onComplete?.(record);
  }

  #lost(error) {
    this.#close();
    if (!this.#running) return;
    const { maxRetries } = this.#settings;
    this.#step("lost", { error });
    if (this.#retries >= maxRetries) {
      this.#giveUp(new Error(`gave up after ${maxRetries} retries: ${error.message}`));
      return;
    }
    const delay = Math.max(backoff(this.#retries, this.#settings), error.retryAfter ?? 0);
    this.#retries += 1;
    this.#step("wait", { delay, retry: this.#retries, maxRetries });
    this.#timer = setTimeout(() => this.#connect(), delay);
  }

  #giveUp(error) {
    this.stop();
    this.#handlers.onError?.(error, true);
  }

  #close() {
    this.#abort?.abort();
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#abort = this.#timer = this.#source = null;
  }

  #step(step, details) {
    this.#handlers.onStep?.(step, details);
  }
}
