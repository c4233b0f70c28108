// A client without a browser: requests over HTTP, with the cookie of a user.

import { request, type IncomingMessage } from "node:http";
import { EventParser, type StreamEvent } from "sse-gate-client";

export interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: string;
}

/** Sends a request, and reads its answer to the end. */
export async function send(
  url: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
  } = {},
): Promise<Answer> {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) =>
    request(url, { method, headers }, resolve).on("error", reject).end(body),
  );
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
  return { status: incoming.statusCode!, headers: incoming.headers, body: text };
}

/** Signs in with the form, as a browser does. */
export function signIn(origin: string, username = "alice", password = "demo"): Promise<Answer> {
  return send(`${origin}/api/login`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      "Sec-Fetch-Site": "same-origin",
      Origin: origin,
    },
    body: new URLSearchParams({ username, password }).toString(),
  });
}

/** The `Cookie` that a browser sends after this answer. */
export function cookieOf({ headers }: Answer): string {
  return headers["set-cookie"]![0]!.split(";")[0]!;
}

/** POSTs JSON in the name of a user. */
export function post(url: string, cookie: string, json: unknown = {}): Promise<Answer> {
  const headers = {
    Cookie: cookie,
    "Content-Type": "application/json",
    "Sec-Fetch-Site": "same-origin",
  };
  return send(url, { method: "POST", headers, body: JSON.stringify(json) });
}

/** One connection to a stream. */
export class Stream {
  readonly events: (StreamEvent & { at: number })[] = [];
  status: number | null = null;
  isOver = false;
  readonly headers: IncomingMessage["headers"] = {};
  #request;

  constructor(url: string, headers: Record<string, string> = {}) {
    const parser = new EventParser({
      onEvent: (event) => this.events.push({ ...event, at: Date.now() }),
    });
    const all = { Accept: "text/event-stream", ...headers };
    const over = () => (this.isOver = true);
    this.#request = request(url, { headers: all, agent: false }, (answer) => {
      this.status = answer.statusCode!;
      Object.assign(this.headers, answer.headers);
      answer.setEncoding("utf8").on("data", (text: string) => parser.push(text));
      answer.on("close", over).on("error", over);
    })
      .on("error", over)
      .end();
  }

  get lastEventId(): string {
    return this.events.at(-1)?.lastEventId ?? "";
  }

  /** Ends the TCP connection, without a word. */
  kill(): void {
    this.#request.destroy();
  }
}
