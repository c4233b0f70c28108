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

/** The backend gave no answer. */
class Unreachable extends Error {}

/**
 * Passes on what a page of this app asks for, in the name of the signed-in user. The JWT comes from
 * the cookie. What another site's page asks for is refused with 403.
 */
export async function forwardForUser(request: Request, path: string): Promise<Response> {
  if (!isSameOrigin(request.headers)) return problem(403, "the request comes from another site");
  const headers = pick(request.headers, REQUEST_HEADERS);
  const bearer = bearerOf(request.headers);
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  return send(request, path, headers).catch(badGateway);
}

/** Passes on a stream whose URL has its credential. While there is no backend it answers 502. */
export async function forwardStream(request: Request, path: string): Promise<Response> {
  return send(request, path, pick(request.headers, STREAM_HEADERS)).catch(badGateway);
}

/**
 * Passes on a stream to which a native `EventSource` comes back by itself. Any answer but 200 would
 * stop it for good. So while there is no backend it gets a stream that only says when to come back.
 */
export async function forwardResumable(request: Request, path: string): Promise<Response> {
  const answer = await forwardStream(request, path);
  if (![502, 504].includes(answer.status)) return answer;
  await answer.body?.cancel();
  return new Response("retry: 3000\n\n", { headers: withOwn({ "content-type": EVENT_STREAM }) });
}

const EVENT_STREAM = "text/event-stream";

/** No cache keeps an answer, and no proxy holds it back or packs it. */
function withOwn(headers: Record<string, string>): Record<string, string> {
  return { ...headers, "cache-control": "no-store, no-transform", "x-accel-buffering": "no" };
}

function badGateway(error: unknown): Response {
  if (!(error instanceof Unreachable)) throw error;
  return problem(502, "the backend gives no answer");
}

function pick(headers: Headers, names: string[]): Record<string, string> {
  const found = names.map((name) => [name, headers.get(name)] as const);
  return Object.fromEntries(found.filter((it): it is [string, string] => it[1] !== null));
}

/** Sends it, once. The backend's request ends when the browser's does. */
async function send(
  { method, body, signal }: Request,
  path: string,
  headers: Record<string, string>,
): Promise<Response> {
  const options = { method, headers, signal, timeout: SILENCE_MS };
  const answer = await exchange(backendUrl(path), options, body);
  const status = answer.statusCode!;
  const back = pick(new Headers(answer.headers as Record<string, string>), ANSWER_HEADERS);
  const isEmpty = method === "HEAD" || [204, 205, 304].includes(status);
  if (isEmpty) answer.resume();
  return new Response(isEmpty ? null : bodyOf(answer), { status, headers: withOwn(back) });
}

function exchange(
  url: URL,
  options: RequestOptions,
  body: ReadableStream<Uint8Array> | null,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === "https:" ? overHttps : overHttp)(url, options, resolve);
    outgoing.on("error", (error) => reject(new Unreachable(error.message, { cause: error })));
    outgoing.on("timeout", () => outgoing.destroy(new Error("the backend is silent")));
    if (body) pipeline(Readable.fromWeb(body as never), outgoing).catch(() => outgoing.destroy());
    else outgoing.end();
  });
}

/** The body chunk by chunk, no faster than the browser takes it. */
function bodyOf(answer: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      answer.on("data", (chunk: Buffer) => {
        controller.enqueue(chunk);
        if (controller.desiredSize! <= 0) answer.pause();
      });
      answer.on("end", () => controller.close());
      answer.on("error", (error) => controller.error(error));
    },
    pull: () => void answer.resume(),
    cancel: () => void answer.destroy(),
  });
}
