// One answer: its message goes in by POST, its events come by a stream that survives reconnects.

import { SecureEventSource } from "../event-source.js";
import type { SecureEventSourceInit } from "../init.js";
import { objectOf } from "../json.js";
import { MintError, postForToken } from "../mint.js";
import { safely } from "../safely.js";
import type { Reason, Status } from "../status.js";
import { StreamError } from "../stream-error.js";
import { CHAT_EVENTS, type ChatEvent } from "./events.js";

/** Where a chat is, and how it is asked. */
export interface ChatInit {
  /** Where a message is sent. Default: `/api/chat/stream/initiate`. */
  initiateUrl?: string;
  /** Where its answer is streamed. Default: `/api/chat/stream/${id}`. */
  streamUrl?: (id: string) => string;
  /** Where an answer is stopped. Default: nowhere; then it is only left. */
  stopUrl?: (id: string) => string;
  /**
   * The headers of the POSTs, such as `Authorization`. The stream's URL has a single-use id, and needs
   * none. Default: none, for a proxy that takes the credential from a cookie.
   */
  headers?: () => HeadersInit | Promise<HeadersInit>;
  /**
   * How the stream is opened, see `SecureEventSourceInit`. Default: after 10 failures in a row it gives
   * up. `withCredentials` counts for the POSTs, too.
   */
  stream?: Pick<
    SecureEventSourceInit,
    | "transport"
    | "headers"
    | "withCredentials"
    | "base"
    | "cap"
    | "floor"
    | "maxAttempts"
    | "heartbeatTimeout"
  >;
}

/** What an answer calls. What a hook throws does not end the answer. */
export interface AnswerHooks {
  onEvent(event: ChatEvent): void;
  /** Called with each change of the connection. */
  onStatus?: ((status: Status) => void) | undefined;
  /** Called once, after `done` with null: the answer is whole, or was stopped. */
  onEnd(error: Error | null): void;
}

export class AnswerStream {
  #init;
  #hooks;
  #abort = new AbortController();
  #id: string | null = null;
  #source: SecureEventSource | null = null;
  #chunks = 0;

  constructor(init: ChatInit, hooks: AnswerHooks) {
    this.#init = init;
    this.#hooks = hooks;
  }

  /**
   * Sends the message and begins to follow its answer. Resolves when the server has taken the message.
   * `more` is for this message alone.
   *
   * @throws MintError if the server refuses the message, and what `fetch` throws. `onEnd` is not called.
   */
  async ask(
    message: string,
    sessionId: string,
    more: { body?: object | undefined; headers?: HeadersInit | undefined } = {},
  ): Promise<void> {
    const { signal } = this.#abort;
    const { initiateUrl = "/api/chat/stream/initiate" } = this.#init;
    const headers = await this.#headers(more.headers);
    const json = { ...more.body, message, session_id: sessionId };
    const answer = await postForToken<{ stream_id: string }>(initiateUrl, {
      headers,
      json,
      signal,
      credentials: this.#credentials,
    });
    if (signal.aborted) return;
    this.#id = answer.stream_id;
    this.#follow(answer.stream_id);
  }

  /** Leaves the answer. No hook is called afterwards. */
  close(): void {
    this.#abort.abort();
    this.#source?.close();
  }

  /**
   * Leaves the answer, and asks the server to end it, if there is a `stopUrl`.
   *
   * @throws MintError if the server refuses, unless the answer is over there; and what `fetch` throws.
   */
  async stop(): Promise<void> {
    this.close();
    const { stopUrl } = this.#init;
    if (this.#id === null || !stopUrl) return;
    const response = await fetch(stopUrl(this.#id), {
      method: "POST",
      headers: await this.#headers(),
      credentials: this.#credentials,
      cache: "no-store",
      redirect: "error",
      // The page may be about to go.
      keepalive: true,
    });
    await response.body?.cancel();
    if (!response.ok && response.status !== 404) throw new MintError(response);
  }

  get #credentials(): RequestCredentials {
    return this.#init.stream?.withCredentials ? "include" : "same-origin";
  }

  async #headers(more?: HeadersInit): Promise<Headers> {
    const headers = new Headers(await this.#init.headers?.());
    new Headers(more).forEach((value, name) => headers.set(name, value));
    return headers;
  }

  #follow(id: string): void {
    const { stream, streamUrl = (id) => `/api/chat/stream/${encodeURIComponent(id)}` } = this.#init;
    let why: Reason | null = null;
    const source = new SecureEventSource(streamUrl(id), {
      maxAttempts: 10,
      ...stream,
      // The id opens the answer once. Where the server can't go on with it, another request would
      // begin the answer again.
      mint: async ({ resumes }) => (resumes || why === "unauthorized" ? null : source.url),
      onstatus: (status) => {
        if (status.reason !== "declined") why = status.reason ?? why;
        safely(() => this.#hooks.onStatus?.(status));
        if (status.state === "closed") this.#closed(why, status.error);
      },
    });
    for (const type of CHAT_EVENTS) {
      source.addEventListener(type, ({ data }) => this.#receive(type, data));
    }
    source.addEventListener("sse.gap", () => this.#lost());
    this.#source = source;
  }

  #receive(type: ChatEvent["type"], text: string): void {
    const data = objectOf<ChatEvent["data"]>(text);
    if (!data) {
      this.#end(new StreamError(`the data of ${type} is no JSON object`, "malformed"));
      return;
    }
    const event = { type, data } as ChatEvent;
    if (event.type === "message_chunk") this.#chunks += 1;
    if (event.type === "done" && event.data.chunks > this.#chunks) {
      this.#lost();
      return;
    }
    this.#tell(event);
    if (event.type === "done") this.#end(null);
  }

  #lost(): void {
    this.#end(new StreamError("a part of the answer is lost", "gap"));
  }

  #closed(reason: Reason | null, cause: unknown): void {
    if (this.#abort.signal.aborted) return;
    if (reason === "complete") {
      this.#tell({
        type: "done",
        data: { status: "completed", chunks: this.#chunks, sources: [] },
      });
      this.#end(null);
    } else {
      const message = `the answer broke off (${reason})`;
      this.#end(new StreamError(message, reason ?? "closed", { cause }));
    }
  }

  #tell(event: ChatEvent): void {
    if (!this.#abort.signal.aborted) safely(() => this.#hooks.onEvent(event));
  }

  #end(error: Error | null): void {
    if (this.#abort.signal.aborted) return;
    this.close();
    safely(() => this.#hooks.onEnd(error));
  }
}
