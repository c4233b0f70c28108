// SecureEventSource over a native EventSource, which the test plays: Node has none.

import { beforeEach, expect, it, vi } from "vitest";
import { SecureEventSource, type SecureEventSourceInit, type Status } from "../src/index.js";
import { fakeEventSource, type FakeEventSource } from "./fake-event-source.js";
import { atEnd, COMPLETE, events, HURRY, opening, serve, until } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

let made: FakeEventSource[];
beforeEach(() => void (made = fakeEventSource()));

/** A source at this URL, its native one once it is there, and all that it tells. */
async function begin(url: string, init: SecureEventSourceInit = {}) {
  const statuses: Status[] = [];
  const onstatus = (status: Status) => statuses.push(status);
  const source = new SecureEventSource(url, { ...HURRY, ...init, onstatus });
  atEnd(() => source.close());
  const data: string[] = [];
  source.onmessage = (event) => data.push(event.data);
  await until(() => made.length > 0 || statuses.some(({ state }) => state === "open"));
  return { source, native: made[0]!, statuses, data };
}

it("begins with it, and listens for names that are asked for before and after", async () => {
  const { source, native } = await begin("http://127.0.0.1:9/s");
  const heard: string[] = [];
  source.addEventListener("early", ({ type }) => heard.push(type));
  native.opens();
  source.addEventListener("late", ({ type }) => heard.push(type));
  source.addEventListener("late", ({ type }) => heard.push(`${type} again`));
  native.says(1, "", "early");
  native.says(2, "", "late");
  expect(heard).toEqual(["early", "late", "late again"]);
});

it.each<[string, SecureEventSourceInit]>([
  ["headers", { headers: () => ({ Authorization: "Bearer one" }) }],
  ["headers of a mint", { mint: async () => ({ url: "/s", headers: { "X-Token": "t" } }) }],
  ["a handler of all events", { onevent: () => {} }],
  ["an id to begin with", { lastEventId: "7" }],
  ["the choice of fetch", { transport: "fetch" }],
])("uses fetch for %s", async (_, init) => {
  const server = await serve(stream("data: one\n\n"));
  await begin(server.url("/s"), init);
  expect(made).toEqual([]);
  expect(server.seen.length).toBe(1);
});

it("gives its URL as a text to what a page has put in place of EventSource and fetch", async () => {
  const mint = async () => new URL("http://127.0.0.1:9/minted");
  const { native } = await begin("http://127.0.0.1:9/s", { mint });
  expect(native.given).toBe("http://127.0.0.1:9/minted");
  const asked: unknown[] = [];
  const fetch = async (url: unknown) => {
    asked.push(url);
    throw new TypeError("no network");
  };
  const source = new SecureEventSource("http://127.0.0.1:9/s", { mint, fetch, transport: "fetch" });
  atEnd(() => source.close());
  await until(() => asked.length > 0);
  expect(asked[0]).toBe("http://127.0.0.1:9/minted");
});

it.each([
  [true, "include"],
  [false, "same-origin"],
  [undefined, "same-origin"],
])("with credentials %s, it sends cookies as %s", async (withCredentials, credentials) => {
  const init = withCredentials === undefined ? {} : { withCredentials };
  const { native, source } = await begin("http://127.0.0.1:9/s", init);
  expect(native.init.withCredentials).toBe(withCredentials ?? false);
  expect(source.withCredentials).toBe(withCredentials ?? false);
  const asked: unknown[] = [];
  const fetch = async (_: unknown, { credentials }: RequestInit = {}) => {
    asked.push(credentials);
    return new Response(null, { status: 204 });
  };
  const other = new SecureEventSource("http://127.0.0.1:9/s", {
    ...init,
    transport: "fetch",
    fetch,
  });
  await until(() => other.readyState === 2);
  expect(asked).toEqual([credentials]);
});

it("lets it come back by itself where the server resumes", async () => {
  const { native, statuses, data } = await begin("http://127.0.0.1:9/s");
  native.opens();
  native.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  native.fails(0);
  expect(statuses.at(-1)).toMatchObject({ state: "waiting", reason: "lost", retryAt: null });
  native.opens();
  native.says("one", "sser1.k.s.1.t.1", "message");
  expect(data).toEqual(['"one"']);
  expect(made.length).toBe(1);
});

it("goes on with fetch, the same URL and the last id when it is lost for good", async () => {
  const server = await serve(stream(opening(1) + events(["message", "two"]) + COMPLETE));
  const { native, source, data } = await begin(server.url("/s?token=t"));
  native.opens();
  native.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  native.says("one", "sser1.k.s.0.t.1", "message");
  native.fails(2);
  await until(() => source.readyState === 2);
  expect(data).toEqual(['"one"', '"two"']);
  expect(server.seen[0]!.url).toBe("/s?token=t");
  expect(server.seen[0]!.headers["last-event-id"]).toBe("sser1.k.s.0.t.1");
});

it("mints anew where native is all it may use, as a new one sends no id", async () => {
  const server = await serve(status(204));
  const asked: string[] = [];
  const { source, native, data } = await begin(server.url("/s"), {
    transport: "native",
    mint: async ({ lastEventId }) => {
      asked.push(lastEventId);
      return `/s?token=${asked.length}`;
    },
  });
  native.opens();
  native.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  native.says("one", "sser1.k.s.0.t.1");
  native.fails(2);
  await until(() => made.length === 2);
  expect(asked).toEqual(["", "1"]);
  expect(made[1]!.url).toBe(server.url("/s?token=2"));
  made[1]!.fails(2);
  await until(() => made.length === 3);
  made[2]!.opens();
  made[2]!.says({ v: 1, gap: null }, "sser1.k.t.0.t.1", "sse.open");
  made[2]!.says("two", "sser1.k.t.0.t.2");
  made[2]!.fails(0);
  made[2]!.opens();
  expect(asked).toEqual(["", "1", "1"]);
  expect([source.readyState, data]).toEqual([1, ['"one"', '"two"']]);
  expect(server.seen).toEqual([]);
});

it("ends where native is all it may use, and nothing mints for the session that is lost", async () => {
  const { source, native } = await begin("http://127.0.0.1:9/s", { transport: "native" });
  native.opens();
  native.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  native.fails(0);
  expect(source.status.state).toBe("waiting");
  native.fails(2);
  expect(source.status).toMatchObject({ state: "closed", reason: "lost", retryAt: null });
});

it("comes back for ever to a strict route where native is all it may use", async () => {
  const { source, native } = await begin("http://127.0.0.1:9/s", { transport: "native" });
  native.opens();
  native.says("one", "1");
  native.fails(0);
  await until(() => made.length === 2);
  made[1]!.fails(2);
  await until(() => made.length === 3);
  expect(source.status.state).toBe("connecting");
});

it("keeps its token where native is chosen, and headers need fetch", async () => {
  const one = `${opening(0)}data: one\n\n`;
  const server = await serve(stream(one, "end"), stream(opening(1) + COMPLETE));
  let mints = 0;
  const { source } = await begin(server.url("/s"), {
    transport: "native",
    mint: async () => ({ url: `/s?token=${++mints}`, headers: { "X-Token": "t" } }),
  });
  await until(() => source.readyState === 2);
  expect(server.seen.map(({ url }) => url)).toEqual(["/s?token=1", "/s?token=1"]);
});

it("closes it and mints anew when it would come back to a strict route", async () => {
  const server = await serve(stream("data: two\n\n"));
  let mints = 0;
  const { native, data } = await begin(server.url("/s"), {
    mint: async () => `/s?token=${++mints}`,
  });
  native.opens();
  native.says("one", "", "message");
  native.fails(0);
  expect(native.readyState).toBe(2);
  await until(() => data.length === 2);
  expect(server.seen[0]!.url).toBe("/s?token=2");
});

it("says nothing of an error that is an event of the stream", async () => {
  const { source, native } = await begin("http://127.0.0.1:9/s");
  const heard: unknown[] = [];
  source.addEventListener("error", (event) => heard.push(event.data));
  native.opens();
  native.dispatchEvent(new Event("error"));
  expect(heard).toEqual([]);
  native.says("of the stream", "", "error");
  expect(heard).toEqual(['"of the stream"']);
});

it("notices silence from the start if it is told to", async () => {
  const server = await serve(stream("data: one\n\n"));
  const silent = await begin(server.url("/s"), { heartbeatTimeout: 200 });
  await until(() => silent.data.length === 1);
  expect(silent.statuses.some(({ reason }) => reason === "timeout")).toBe(true);
});

it("notices silence from the first heartbeat on: comments can't be seen", async () => {
  const { native, statuses } = await begin("http://127.0.0.1:9/s");
  vi.useFakeTimers();
  atEnd(() => vi.useRealTimers());
  native.opens();
  native.says("one", "1");
  vi.advanceTimersByTime(600_000);
  expect(statuses.at(-1)!.state).toBe("open");
  native.says({ v: 1 }, "1", "sse.heartbeat");
  vi.advanceTimersByTime(44_000);
  native.says("two", "2");
  vi.advanceTimersByTime(44_000);
  expect(statuses.at(-1)!.state).toBe("open");
  vi.advanceTimersByTime(2_000);
  expect(statuses.some(({ reason }) => reason === "timeout")).toBe(true);
});

it("tells a gap, and the end of the stream", async () => {
  const { source, native, statuses } = await begin("http://127.0.0.1:9/s");
  const gaps: string[] = [];
  source.addEventListener("sse.gap", ({ data }) => gaps.push(data));
  native.opens();
  native.says({ v: 1, gap: { from: 1, to: 2 } }, "sser1.k.s.0.t.2", "sse.open");
  native.says({ v: 1, reason: "complete" }, "", "sse.close");
  expect(gaps).toEqual(['{"from":1,"to":2}']);
  expect(statuses.at(-1)).toMatchObject({ state: "closed", reason: "complete" });
  expect(native.readyState).toBe(2);
});

it("counts its failures, and goes on with fetch when it is lost twice without an event", async () => {
  const server = await serve(stream(opening(1) + COMPLETE));
  const { source, native, statuses } = await begin(server.url("/s?token=t"));
  native.opens();
  native.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  native.says("one", "sser1.k.s.0.t.1");
  native.fails(0);
  expect(statuses.at(-1)).toMatchObject({ state: "waiting", reason: "lost", attempt: 2 });
  native.fails(0);
  expect(statuses.at(-1)).toMatchObject({ state: "waiting", reason: "lost", attempt: 3 });
  expect(native.readyState).toBe(2);
  await until(() => source.readyState === 2);
  expect(server.seen[0]!.headers["last-event-id"]).toBe("sser1.k.s.0.t.1");
  expect(source.status.reason).toBe("complete");
});

it("has no try more than the page allows", async () => {
  const { source, native } = await begin("http://127.0.0.1:9/s", { maxAttempts: 1 });
  native.opens();
  native.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  native.fails(0);
  expect(source.status).toMatchObject({ state: "closed", reason: "lost" });
  expect(native.readyState).toBe(2);
});

it("lets it come back as often as events come between", async () => {
  const { native, statuses } = await begin("http://127.0.0.1:9/s");
  native.opens();
  native.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  for (let n = 1; n < 5; n += 1) {
    native.fails(0);
    expect(native.readyState).toBe(0);
    native.opens();
    native.says("more", `sser1.k.s.0.t.${n}`);
    expect(statuses.at(-1)).toMatchObject({ state: "open" });
  }
});

it("notices a server that takes the connection that comes back, and says nothing", async () => {
  const { source, native, statuses } = await begin("http://127.0.0.1:9/s");
  vi.useFakeTimers();
  atEnd(() => vi.useRealTimers());
  native.opens();
  native.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  vi.advanceTimersByTime(600_000);
  native.fails(0);
  vi.advanceTimersByTime(44_000);
  expect(source.status).toMatchObject({ state: "waiting", reason: "lost" });
  vi.advanceTimersByTime(2_000);
  expect(statuses.some(({ reason }) => reason === "timeout")).toBe(true);
  expect(native.readyState).toBe(2);
});

it("has patience with silence once it is back", async () => {
  const { source, native } = await begin("http://127.0.0.1:9/s");
  vi.useFakeTimers();
  atEnd(() => vi.useRealTimers());
  native.opens();
  native.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  native.fails(0);
  native.opens();
  vi.advanceTimersByTime(600_000);
  expect(source.status.state).toBe("open");
});

it("counts silence from the moment that it is open if it is told to", async () => {
  vi.useFakeTimers();
  atEnd(() => vi.useRealTimers());
  const source = new SecureEventSource("http://127.0.0.1:9/s", { heartbeatTimeout: 5_000 });
  atEnd(() => source.close());
  await vi.advanceTimersByTimeAsync(4_000);
  made[0]!.opens();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(source.status.state).toBe("open");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(made[0]!.readyState).toBe(2);
});

it("notices silence after it is back if it is told to", async () => {
  const { source, native, statuses } = await begin("http://127.0.0.1:9/s", {
    heartbeatTimeout: 5_000,
  });
  vi.useFakeTimers();
  atEnd(() => vi.useRealTimers());
  native.opens();
  native.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  native.fails(0);
  native.opens();
  vi.advanceTimersByTime(4_000);
  expect(source.status.state).toBe("open");
  vi.advanceTimersByTime(2_000);
  expect(statuses.some(({ reason }) => reason === "timeout")).toBe(true);
});

it("notices a server that takes the connection, and says nothing", async () => {
  vi.useFakeTimers();
  atEnd(() => vi.useRealTimers());
  const statuses: Status[] = [];
  const source = new SecureEventSource("http://127.0.0.1:9/s", {
    onstatus: (status) => statuses.push(status),
  });
  atEnd(() => source.close());
  await vi.advanceTimersByTimeAsync(44_000);
  expect(statuses.at(-1)!.state).toBe("connecting");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(statuses.some(({ reason }) => reason === "timeout")).toBe(true);
  expect(made[0]!.readyState).toBe(2);
});
