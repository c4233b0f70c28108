// Passes a request on to the backend, and its answer back as it comes.
//
// It does not use `fetch`: that of Node adds a `Sec-Fetch-Mode`, which the backend takes for the
// browser's, and unpacks what is compressed.

import { request as overHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { request as overHttps } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { backendUrl } from "./backend";
import { problem } from "./problem";
import { isSameOrigin } from "./same-origin";
import { bearerOf } from "./session";

/** What goes on to the backend. Cookies and `Authorization` don't. */
const REQUEST_HEADERS = ["accept", "content-type", "early-data"];

/** What the backend needs to know of a stream's client. */
const STREAM_HEADERS = [
  ...REQUEST_HEADERS,
  "last-event-id",
  "origin",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
  "sec-purpose",
];

/** What goes back to the browser. */
const ANSWER_HEADERS = ["allow", "content-type", "retry-after", "www-authenticate"];

/** A stream has a comment every 15 seconds. A backend that is silent for so long is lost. */
const SILENCE_MS = 60_000;

/**
 * Passes on what a page asks for, in the name of the signed-in user. The JWT comes from the cookie.
 *
 * What another site's page asks for gets 403, here and in the functions below.
 */
export async function forwardForUser(request: Request, path: string): Promise<Response> {
  const headers = pick(request.headers, REQUEST_HEADERS);
  const bearer = bearerOf(request.headers);
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  return send(request, path, headers);
}

/** Passes on a stream whose URL has its credential. While there is no backend it answers 502. */
export async function forwardStream(request: Request, path: string): Promise<Response> {
  return send(request, path, pick(request.headers, STREAM_HEADERS));
}

/**
 * Passes on a stream to which a native `EventSource` comes back by itself. Any answer but 200 would
 * stop it for good. So while there is no backend it gets a stream that only says when to come back.
 */
export async function forwardResumable(request: Request, path: string): Promise<Response> {
  const answer = await forwardStream(request, path);
  if (![502, 504].includes(answer.status)) return answer;
  await answer.body?.cancel();
  const headers = withOwn({ "content-type": "text/event-stream" });
  return new Response("retry: 3000\n\n", { headers });
}

/** No cache keeps an answer, and no proxy holds it back or packs it. */
function withOwn(headers: Record<string, string>): Record<string, string> {
  return { ...headers, "cache-control": "no-store, no-transform", "x-accel-buffering": "no" };
}

function pick(headers: Headers, names: string[]): Record<string, string> {
  const found = names.map((name) => [name, headers.get(name)] as const);
  return Object.fromEntries(found.filter((it): it is [string, string] => it[1] !== null));
}

/** Sends it, once. The backend's request ends when the browser's does. */
async function send(
  { method, body, signal, headers: asked }: Request,
  path: string,
  headers: Record<string, string>,
): Promise<Response> {
  if (!isSameOrigin(asked)) return problem(403, "the request comes from another site");
  const options = { method, headers, signal, timeout: SILENCE_MS };
  const answer = await exchange(backendUrl(path), options, body).catch(() => null);
  if (!answer) return problem(502, "the backend gives no answer");
  const status = answer.statusCode!;
  const back = pick(new Headers(answer.headers as Record<string, string>), ANSWER_HEADERS);
  const isEmpty = method === "HEAD" || [204, 205, 304].includes(status);
  if (isEmpty) answer.resume();
  return new Response(isEmpty ? null : bodyOf(answer), { status, headers: withOwn(back) });
}

/** The head of the answer. Rejects if there is none. */
function exchange(
  url: URL,
  options: RequestOptions,
  body: ReadableStream<Uint8Array> | null,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === "https:" ? overHttps : overHttp)(url, options, resolve);
    outgoing.on("error", reject);
    outgoing.on("timeout", () => outgoing.destroy(new Error("the backend is silent")));
    // The backend may refuse a body before it has all of it.
    if (body) pipeline(Readable.fromWeb(body as never), outgoing).catch(() => {});
    else outgoing.end();
  });
}

/** The body chunk by chunk, no faster than the browser takes it. */
function bodyOf(answer: IncomingMessage): ReadableStream<Uint8Array> {
  // What was due already still comes after a cancellation.
  let isLeft = false;
  return new ReadableStream({
    start(controller) {
      answer.on("data", (chunk: Buffer) => {
        if (isLeft) return;
        controller.enqueue(chunk);
        if (controller.desiredSize! <= 0) answer.pause();
      });
      answer.on("end", () => isLeft || controller.close());
      answer.on("error", (error) => controller.error(error));
    },
    pull: () => void answer.resume(),
    cancel() {
      isLeft = true;
      answer.destroy();
    },
  });
}
