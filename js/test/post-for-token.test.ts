// What a token is asked for with.

import { expect, it } from "vitest";
import { MintError, postForToken } from "../src/index.js";
import { json, serve } from "./helpers.js";
import { status } from "./scripted-server.js";

it("posts JSON, and takes JSON", async () => {
  const server = await serve(json({ sse_token: "t" }));
  const headers = { Authorization: "Bearer one" };
  const answer = await postForToken(server.url("/mint"), { headers, json: { a: 1 } });
  expect(answer).toEqual({ sse_token: "t" });
  const [seen] = server.seen;
  expect(seen).toMatchObject({ method: "POST", url: "/mint", body: '{"a":1}' });
  expect(seen!.headers).toMatchObject({
    accept: "application/json",
    "content-type": "application/json",
    authorization: "Bearer one",
  });
});

it("posts nothing if there is nothing to post", async () => {
  const server = await serve(json({ sse_token: "t" }));
  await postForToken(server.url("/mint"));
  expect(server.seen[0]!.body).toBe("");
  expect(server.seen[0]!.headers["content-type"]).toBeUndefined();
});

it("says what the server says, and when to come back", async () => {
  const server = await serve((response) => {
    response.writeHead(429, { "Retry-After": "2", "Content-Type": "application/problem+json" });
    response.end('{"detail":"too many tokens","title":"Too Many"}');
  });
  const asked = postForToken(server.url("/mint"));
  await expect(asked).rejects.toBeInstanceOf(MintError);
  await expect(asked).rejects.toMatchObject({
    message: "too many tokens",
    status: 429,
    retryAfter: 2_000,
  });
});

it("has words of its own for an answer without any", async () => {
  const server = await serve(status(502));
  const asked = postForToken(server.url("/mint"));
  await expect(asked).rejects.toThrow("no token: the server answered 502");
});

it("H8: follows no redirect", async () => {
  const other = await serve(json({ sse_token: "t" }));
  const server = await serve(status(307, { Location: other.url("/mint") }));
  await expect(postForToken(server.url("/mint"), { json: {} })).rejects.toThrow();
  expect(other.seen).toEqual([]);
});
