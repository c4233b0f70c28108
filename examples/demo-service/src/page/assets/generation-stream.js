// Follows one generation over as many streams as it takes, with a new token for each.

import { SecureEventSource } from "./sse-gate-client.js";

const MAX_RETRIES = 5;

export class GenerationStream {
  #id;
  #getToken;
  #handlers;
  #source = null;
  #lastEventId = "";
  /** Aborted to lose a connection on purpose. */
  #drop = new AbortController();

  /**
   * `getToken(id, lastEventId, signal)` asks the server for a token and resolves to its
   * `{sse_token, stream_url, expires_in}`; it rejects with an error that may have `status` and
   * `retryAfter`. The handlers: `onProgress(record, eventId)`, `onComplete(record)` after the final
   * one, `onError(error)` at the end for another reason, and `onStep(step, details)` for what happens
   * between: `token`, `minted`, `open`, `wait`.
   */
  constructor(id, getToken, handlers) {
    this.#id = id;
    this.#getToken = getToken;
    this.#handlers = handlers;
  }

  /** Starts, or starts again where it was. */
  start() {
    this.stop();
    const source = (this.#source = new SecureEventSource("/", {
      transport: "fetch",
      maxAttempts: MAX_RETRIES + 1,
      cap: 10_000,
      lastEventId: this.#lastEventId,
      mint: (attempt) => this.#mint(attempt),
      fetch: (url, init) => this.#fetch(url, init),
      onstatus: (status) => this.#changed(status),
    }));
    source.onmessage = (event) => this.#message(event);
  }

  /** Ends, unless it is started again. */
  stop() {
    this.#source?.close();
    this.#source = null;
  }

  /** Loses the connection on purpose, and goes the way of every lost connection. */
  drop() {
    this.#drop.abort();
  }

  /** Whether it follows the generation, be it between two streams. */
  get isRunning() {
    return this.#source !== null;
  }

  async #mint({ lastEventId, signal }) {
    this.#step("token", { lastEventId });
    const answer = await this.#getToken(this.#id, lastEventId, signal);
    const url = `${answer.stream_url}?token=${encodeURIComponent(answer.sse_token)}`;
    if (!signal.aborted) this.#step("minted", { url, expiresIn: answer.expires_in });
    return answer;
  }

  #fetch(url, init) {
    this.#drop = new AbortController();
    return fetch(url, { ...init, signal: AbortSignal.any([init.signal, this.#drop.signal]) });
  }

  #changed({ state, reason, retryAt, attempt, error }) {
    if (state === "open") this.#step("open");
    if (state === "waiting") {
      const delay = retryAt === null ? null : Math.max(0, Math.round(retryAt - Date.now()));
      this.#step("wait", { reason, delay, retry: attempt - 1, maxRetries: MAX_RETRIES });
    }
    if (state !== "closed") return;
    this.stop();
    this.#handlers.onError(error ?? new Error(`no stream: ${reason}`));
  }

  #message({ data, lastEventId }) {
    this.#lastEventId = lastEventId;
    const record = JSON.parse(data);
    const complete = record.status === "completed" || record.status === "failed";
    if (complete) this.stop();
    this.#handlers.onProgress(record, lastEventId);
    if (complete) this.#handlers.onComplete(record);
  }

  #step(step, details) {
    this.#handlers.onStep(step, details);
  }
}
