// The small decisions of the core: what a status means, how long to wait, where a stream is.

import { afterEach, describe, expect, it, vi } from "vitest";
import { backoff } from "../src/backoff.js";
import { streamEvents } from "../src/index.js";
import { requestOf } from "../src/mint.js";
import { positionOf } from "../src/position.js";
import { dataOf, endingOfClose, isProgress } from "../src/reserved.js";
import { endingOf, endingOfThrown, retryAfter } from "../src/status.js";

afterEach(() => vi.restoreAllMocks());

it.each([
  [200, null],
  [204, { reason: "no_content", final: true }],
  [0, { reason: "redirected", final: true }],
  [302, { reason: "redirected", final: true }],
  [400, { reason: "rejected", final: true }],
  [401, { reason: "unauthorized" }],
  [403, { reason: "forbidden", final: true }],
  [404, { reason: "not_found", final: true }],
  [408, { reason: "server_error" }],
  [410, { reason: "not_found", final: true }],
  [422, { reason: "rejected", final: true }],
  [425, { reason: "server_error" }],
  [429, { reason: "busy" }],
  [500, { reason: "server_error" }],
  [503, { reason: "busy" }],
  [599, { reason: "server_error" }],
])("the status %i means %o", (status, ending) => {
  expect(endingOf(status)).toEqual(ending);
});

describe("Retry-After", () => {
  it("is seconds or a date", () => {
    vi.spyOn(Date, "now").mockReturnValue(Date.parse("Thu, 01 Jan 2026 00:00:00 GMT"));
    expect(retryAfter("7")).toBe(7_000);
    expect(retryAfter("Thu, 01 Jan 2026 00:00:09 GMT")).toBe(9_000);
    expect(retryAfter("Thursday, 01-Jan-26 00:00:09 GMT")).toBe(9_000);
  });
  it("is nothing as a date that is past by this clock", () => {
    vi.spyOn(Date, "now").mockReturnValue(Date.parse("Thu, 01 Jan 2026 00:05:00 GMT"));
    expect(retryAfter("Thu, 01 Jan 2026 00:01:00 GMT")).toBeUndefined();
    expect(retryAfter("Thu, 01 Jan 2026 00:05:00 GMT")).toBeUndefined();
  });
  it.each([null, undefined, "", "soon", "0"])("is nothing as %o", (value) => {
    expect(retryAfter(value)).toBeUndefined();
  });
  it.each(["-1", "1.5", "+5", "Soon, 2099"])("is nothing as %o", (value) => {
    vi.spyOn(Date, "now").mockReturnValue(0);
    expect(retryAfter(value)).toBeUndefined();
  });
  it("of an answer counts", () => {
    expect(endingOf(503, new Headers({ "Retry-After": "3" }))).toMatchObject({ wait: 3_000 });
    expect(endingOf(502, new Headers({ "Retry-After": "3" }))).toMatchObject({ wait: 3_000 });
  });
});

it.each([
  [{ status: 401 }, { reason: "unauthorized", final: true }],
  [{ status: 403 }, { reason: "forbidden", final: true }],
  [
    { status: 503, retryAfter: 5 },
    { reason: "busy", final: false, wait: 5 },
  ],
  [new TypeError("no network"), { reason: "mint", final: false }],
  [{ status: 200 }, { reason: "mint" }],
  [{ status: "403" }, { reason: "mint" }],
  [null, { reason: "mint" }],
])("a mint that throws %o ends the attempt as %o", (error, ending) => {
  const { wait, ...rest } = endingOfThrown(error);
  expect({ ...rest, ...(wait !== undefined && { wait }) }).toMatchObject({ ...ending, error });
});

describe("the time to wait", () => {
  const withRandom = (random: number) => vi.spyOn(Math, "random").mockReturnValue(random);
  it("doubles up to a cap", () => {
    withRandom(1);
    const options = { base: 100, cap: 500, floor: 0 };
    expect([0, 1, 2, 3, 4, 2_000].map((failures) => backoff(failures, 0, options))).toEqual([
      100, 200, 400, 500, 500, 500,
    ]);
  });
  it("is anything below its bound, and at least the floor", () => {
    withRandom(0.25);
    expect(backoff(0, 0, { base: 100, floor: 0 })).toBe(25);
    expect(backoff(0, 0, { base: 100 })).toBe(500);
  });
  it("comes on top of what the server asks for, which counts up to an hour", () => {
    withRandom(0.5);
    expect(backoff(0, 2_000)).toBe(2_500);
    expect(backoff(0, Infinity)).toBe(3_600_500);
  });
});

it.each([
  ["/s?token=t", "http://a.test/s?token=t"],
  [new URL("http://b.test/s"), "http://b.test/s"],
  [{ url: "s" }, "http://a.test/feed/s"],
  [{ sse_token: "t" }, "http://a.test/feed/stream?token=t"],
  [{ sse_token: "t", stream_url: "/other" }, "http://a.test/other?token=t"],
  [{ sse_token: "a b&c", stream_url: "/other?x=1" }, "http://a.test/other?x=1&token=a+b%26c"],
])("what is minted as %o is asked for at %s", (minted, url) => {
  expect(String(requestOf(minted, "http://a.test/feed/stream").url)).toBe(url);
});

it.each(["http://b.test/s", "//b.test/s", "\\\\b.test/s", "http://a.test:81/s", "data:,x"])(
  "H8: a token goes to no other origin, to which an answer with %s would send it",
  (stream_url) => {
    const minted = { sse_token: "t", stream_url };
    expect(() => requestOf(minted, "http://a.test/feed/stream")).toThrow();
  },
);

it("the headers of a mint go along", () => {
  const headers = { "X-Token": "t" };
  expect(requestOf({ url: "/s", headers }, "http://a.test/")).toMatchObject({ headers });
});

it.each([
  ["sser1.k.session.1.tag.zz", "1295"],
  ["sser1.k.session.1.tag.0", "0"],
  ["42", "42"],
  ["", ""],
  ["of the application", "of the application"],
  ["sser1.", "sser1."],
])("the id %o stands for the position %o", (id, position) => {
  expect(positionOf(id)).toBe(position);
});

it("of the events of the library only a heartbeat shows that a stream works", () => {
  const types = ["message", "greeting", "sse.heartbeat", "sse.open", "sse.gap", "sse.wait"];
  expect(types.map(isProgress)).toEqual([true, true, true, false, false, false]);
});

it.each([
  ["message", "{}", null],
  ["sse.open", "{}", null],
  ["sse.error", "{}", { reason: "failed", final: true }],
  ["sse.wait", "{}", { reason: "busy", wait: 7 }],
  ["sse.close", '{"reason":"complete"}', { reason: "complete", final: true }],
  ["sse.close", '{"reason":"deadline"}', { reason: "deadline" }],
  ["sse.close", "no JSON", { reason: "closed", final: true }],
  ["sse.close", "null", { reason: "closed", final: true }],
])("%s with %s ends a stream as %o", (type, data, ending) => {
  expect(endingOfClose(type, data, 7)).toEqual(ending);
});

it("of what WebKit puts before an event, only the last line counts", () => {
  expect(dataOf('half an event\n{"v":1,"gap":{"from":1,"to":2}}').gap).toEqual({ from: 1, to: 2 });
});

it("a character in two chunks is one character", async () => {
  const bytes = new TextEncoder().encode("data: ä€😀\n\n");
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const data: string[] = [];
  for await (const event of streamEvents(body)) data.push(event.data);
  expect(data).toEqual(["ä€😀"]);
});
