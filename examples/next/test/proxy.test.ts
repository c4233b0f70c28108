// What lib/proxy.ts passes on, over real sockets, to a backend that answers by a script.

import { afterEach, beforeEach, expect, it } from "vitest";
import { backendUrl } from "@/lib/backend";
import { forwardForUser, forwardResumable, forwardStream } from "@/lib/proxy";
import { segment } from "@/lib/segment";
import { ScriptedServer, status, stream } from "../../../js/test/scripted-server";
import { until } from "./until";

let backend: ScriptedServer;
beforeEach(() => void delete process.env.BACKEND_API_URL);
afterEach(() => backend?.stop());

async function serve(...answers: Parameters<typeof ScriptedServer.start>) {
  backend = await ScriptedServer.start(...answers);
  process.env.BACKEND_API_URL = backend.origin;
}

/** A request to the app. `Request` forbids no header here. */
function ask(headers: Record<string, string> = {}, init: RequestInit = {}): Request {
  return new Request("http://app.test/", { ...init, headers });
}

const BROWSER = {
  accept: "text/event-stream",
  "last-event-id": "sser1.0.a.1.b.7",
  "sec-fetch-dest": "empty",
  "sec-fetch-mode": "cors",
  "sec-fetch-site": "same-origin",
};

it("a stream's request has what the backend judges it by, and nothing that is secret", async () => {
  await serve(stream("data: x\n\n", "end"));
  const secret = { cookie: "session=a.b.c", authorization: "Basic x", "x-forwarded-for": "::1" };
  await forwardResumable(ask({ ...BROWSER, ...secret }), "/s");
  const { connection, host, ...headers } = backend.seen[0]!.headers;
  expect(headers).toEqual(BROWSER);
});

it("a request that is no browser's gets no Sec-Fetch header on its way", async () => {
  await serve(stream("data: x\n\n", "end"));
  await forwardResumable(ask({ accept: "text/event-stream" }), "/s");
  const names = Object.keys(backend.seen[0]!.headers);
  expect(names.filter((it) => it.startsWith("sec-"))).toEqual([]);
});

it("a prefetch is passed on as one", async () => {
  await serve(status(403));
  const answer = await forwardResumable(ask({ "sec-purpose": "prefetch" }), "/s");
  expect(answer.status).toBe(403);
  expect(backend.seen[0]!.headers["sec-purpose"]).toBe("prefetch");
});

it("a HEAD stays one, so that it costs the stream's id nothing", async () => {
  await serve(status(405, { Allow: "GET" }));
  const answer = await forwardResumable(ask({}, { method: "HEAD" }), "/s");
  expect(backend.seen[0]!.method).toBe("HEAD");
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET"]);
});

it.each([
  [401, { "WWW-Authenticate": 'Bearer realm="sse", error="invalid_token"' }],
  [429, { "Retry-After": "7" }],
  [503, { "Retry-After": "30" }],
])("a refusal with %i passes with its headers and its body", async (code, headers) => {
  const type = { "Content-Type": "application/problem+json" };
  await serve((response) => void response.writeHead(code, { ...headers, ...type }).end('{"a":1}'));
  const answer = await forwardResumable(ask(BROWSER), "/s");
  expect(answer.status).toBe(code);
  expect(await answer.text()).toBe('{"a":1}');
  for (const [name, value] of Object.entries({ ...headers, ...type })) {
    expect(answer.headers.get(name)).toBe(value);
  }
});

it("204 passes, which tells an EventSource that there is nothing more", async () => {
  await serve(status(204));
  const answer = await forwardResumable(ask(BROWSER), "/s");
  expect([answer.status, answer.body]).toEqual([204, null]);
});

it("no cache keeps an answer, no proxy holds it back, and the backend sets no cookie", async () => {
  await serve(status(200, { "Cache-Control": "public", "Set-Cookie": "session=x" }));
  const { headers } = await forwardResumable(ask(BROWSER), "/s");
  expect(headers.get("cache-control")).toBe("no-store, no-transform");
  expect(headers.get("x-accel-buffering")).toBe("no");
  expect(headers.get("set-cookie")).toBeNull();
});

it("an event arrives while the stream is open", async () => {
  await serve(stream("data: first\n\n"));
  const { body } = await forwardResumable(ask(BROWSER), "/s");
  const { value } = await body!.getReader().read();
  expect(new TextDecoder().decode(value)).toBe("data: first\n\n");
});

it.each(["the body is cancelled", "the request is aborted"])(
  "the backend's connection ends when %s",
  async (how) => {
    let isGone = false;
    await serve((response, seen) => {
      response.on("close", () => (isGone = true));
      return stream("data: x\n\n")(response, seen);
    });
    const abort = new AbortController();
    const answer = await forwardResumable(ask(BROWSER, { signal: abort.signal }), "/s");
    if (how === "the request is aborted") abort.abort();
    else await answer.body!.cancel();
    await until("the backend's connection ends", () => isGone);
  },
);

it("a stream that breaks at the backend breaks here too", async () => {
  await serve(stream("data: x\n\n", "reset"));
  const answer = await forwardResumable(ask(BROWSER), "/s");
  await expect(answer.text()).rejects.toThrow();
});

it.each(["nothing listens", "a proxy says 502", "a proxy says 504"])(
  "while %s, a native EventSource is told to come back",
  async (what) => {
    await serve(status(what.endsWith("504") ? 504 : 502));
    if (what === "nothing listens") await backend.stop();
    const answer = await forwardResumable(ask(BROWSER), "/s");
    expect([answer.status, await answer.text()]).toEqual([200, "retry: 3000\n\n"]);
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(answer.headers.get("cache-control")).toContain("no-store");
  },
);

it("a strict stream gets 502 while nothing listens, as its token is of no more use", async () => {
  await serve(status(200));
  await backend.stop();
  const answer = await forwardStream(ask(BROWSER), "/s");
  expect(answer.status).toBe(502);
});

it("a user's request has the JWT of the cookie as bearer, and the body", async () => {
  await serve(status(200));
  const headers = { cookie: "session=a.b.c", "content-type": "application/json" };
  await forwardForUser(ask(headers, { method: "POST", body: '{"message":"hi"}' }), "/m");
  const seen = backend.seen[0]!;
  expect([seen.method, seen.url, seen.body]).toEqual(["POST", "/m", '{"message":"hi"}']);
  expect(seen.headers.authorization).toBe("Bearer a.b.c");
  expect(seen.headers.cookie).toBeUndefined();
  expect(seen.headers["content-type"]).toBe("application/json");
});

it("a request without the cookie goes without a bearer, whatever it shows", async () => {
  await serve(status(401));
  const answer = await forwardForUser(ask({ authorization: "Bearer x" }, { method: "POST" }), "/m");
  expect(answer.status).toBe(401);
  expect(backend.seen[0]!.headers.authorization).toBeUndefined();
});

it.each([forwardForUser, forwardStream, forwardResumable])(
  "what another site's page asks for never gets to the backend: %o",
  async (forward) => {
    await serve(status(200));
    const headers = { cookie: "session=a.b.c", "sec-fetch-site": "cross-site" };
    const answer = await forward(ask(headers), "/m");
    expect(answer.status).toBe(403);
    expect(backend.seen).toEqual([]);
  },
);

it.each([
  ["sset1_a-b", "/s/sset1_a-b/x"],
  ["a/b?c#d", "/s/a%2Fb%3Fc%23d/x"],
  ["..", "/s/-/x"],
  [".", "/s/-/x"],
  ["%2e%2e", "/s/%252e%252e/x"],
])("%j in a path leads to no other path", (value, path) => {
  expect(backendUrl(`/s/${segment(value)}/x`).pathname).toBe(path);
});
