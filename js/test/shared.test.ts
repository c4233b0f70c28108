// SharedEventSource with and without Web Locks. Real tabs are in browsers/.

import { afterEach, expect, it, vi } from "vitest";
import { SharedEventSource, type SharedEventSourceInit } from "../src/shared.js";
import { aMoment, atEnd, COMPLETE, HURRY, opening, serve, until } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

afterEach(() => vi.unstubAllGlobals());

/** A tab, and what it gets. */
function tab(url: string, init: SharedEventSourceInit = {}) {
  const source = new SharedEventSource("feed", url, { ...HURRY, ...init });
  atEnd(() => source.close());
  const data: string[] = [];
  source.onmessage = (event) => data.push(event.data);
  const gaps: unknown[] = [];
  source.addEventListener("sse.gap", ({ data }) => gaps.push(JSON.parse(data)));
  return { source, data, gaps };
}

it("without Web Locks each tab has its own connection, and each event once", async () => {
  vi.stubGlobal("navigator", {});
  const server = await serve(stream("data: one\n\n"));
  const tabs = [tab(server.url("/s")), tab(server.url("/s"))];
  await until(() => tabs.every(({ data }) => data.length > 0));
  await aMoment();
  expect(tabs.map(({ data }) => data)).toEqual([["one"], ["one"]]);
  expect(server.seen.length).toBe(2);
});

it("a tab that comes late hears of the end, also from a tab that never had the connection", async () => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  const server = await serve(stream(opening(0) + COMPLETE));
  const [first, second] = [tab(server.url("/s")), tab(server.url("/s"))];
  await until(() => second.source.readyState === 2);
  first.source.close();
  const third = tab(server.url("/s"));
  await until(() => third.source.readyState === 2);
  expect(third.source.status.reason).toBe("complete");
  expect(server.seen.length).toBe(1);
});

it("a stream that failed for one tab is tried by the next when that one closes it", async () => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  const server = await serve(status(403), stream(numbered(1)));
  const [first, second] = [tab(server.url("/s")), tab(server.url("/s"))];
  await until(() => second.source.readyState === 2);
  expect(second.source.status.reason).toBe("forbidden");
  await aMoment();
  expect(server.seen.length).toBe(1);
  first.source.close();
  await until(() => second.data.length === 1);
  expect(second.source.isLeader).toBe(true);
});

it.each(["complete", "no_content"])(
  "a stream that ended as %s is over for all tabs",
  async (end) => {
    vi.stubGlobal("navigator", { locks: new Locks() });
    const ending = end === "complete" ? stream(opening(0) + COMPLETE) : status(204);
    const server = await serve(ending, stream(numbered(1)));
    const [first, second] = [tab(server.url("/s")), tab(server.url("/s"))];
    await until(() => second.source.readyState === 2);
    first.source.close();
    await aMoment();
    expect(second.source.status).toMatchObject({ state: "closed", reason: end });
    expect(server.seen.length).toBe(1);
  },
);

it("a tab that comes late goes on where the one before was", async () => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  const server = await serve(stream(numbered(1, 2)), stream(numbered(3)));
  const first = tab(server.url("/s"));
  await until(() => first.data.length === 2);
  const second = tab(server.url("/s"));
  await until(() => second.source.readyState === 1);
  first.source.close();
  await until(() => second.data.length === 1);
  expect(server.seen.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "2"]);
});

it("a tab that begins in the middle is told what it has missed", async () => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  const server = await serve(stream(numbered(3, 4, 5)));
  const first = tab(server.url("/s"));
  await until(() => first.data.length === 3);
  const second = tab(server.url("/s"), { lastEventId: "2" });
  await until(() => second.gaps.length > 0);
  expect(second.gaps).toEqual([{ v: 1, from: 3, to: 5 }]);
  expect(first.gaps).toEqual([]);
});

it("I12: a page that goes to the cache hands over, and joins again when it is back", async () => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  const document = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal("document", document);
  const page = new EventTarget();
  const server = await serve(stream(numbered(1)), stream(numbered(2, 3)));
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  const first = tab(server.url("/s"));
  vi.stubGlobal("addEventListener", undefined);
  const second = tab(server.url("/s"));
  await until(() => second.data.length === 1);
  page.dispatchEvent(new Event("pagehide"));
  expect(first.source.status).toMatchObject({ state: "waiting", reason: "hidden" });
  await until(() => second.data.length === 3);
  expect(first.data).toEqual(["1"]);
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  await until(() => first.source.readyState === 1);
  expect(first.gaps).toEqual([{ v: 1, from: 2, to: 3 }]);
  expect([first.source.isLeader, second.source.isLeader]).toEqual([false, true]);
  second.source.close();
  await until(() => first.source.isLeader);
});

it("no tab waits for one that is hidden", async () => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  const document = Object.assign(new EventTarget(), { hidden: true });
  vi.stubGlobal("document", document);
  const server = await serve(stream(numbered(1)));
  const init = { pauseWhenHidden: true } as SharedEventSourceInit;
  const { source } = tab(server.url("/s"), init);
  await until(() => source.readyState === 1);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(source.readyState).toBe(1);
});

it("where a page may use no locks, each tab has its own connection", async () => {
  const request = () => Promise.reject(new DOMException("denied", "SecurityError"));
  vi.stubGlobal("navigator", { locks: { request } });
  const server = await serve(stream(numbered(1)));
  const tabs = [tab(server.url("/s")), tab(server.url("/s"))];
  await until(() => tabs.every(({ data }) => data.length > 0));
  await aMoment();
  expect(tabs.map(({ data }) => data)).toEqual([["1"], ["1"]]);
});

it("A15: what is no message of a tab changes nothing", async () => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  const server = await serve(stream(numbered(1)));
  const { source, data } = tab(server.url("/s"));
  await until(() => data.length === 1);
  const channel = new BroadcastChannel("sse-gate:feed");
  atEnd(() => channel.close());
  const thrown: unknown[] = [];
  process.once("uncaughtException", (error) => thrown.push(error));
  for (const message of [null, 7, {}, { kind: "moon" }]) channel.postMessage(message);
  await aMoment();
  expect(thrown).toEqual([]);
  expect([source.readyState, data]).toEqual([1, ["1"]]);
});

/** What the tab that has the connection says of an event with a number. */
function said(position: string, after: string, type = "message") {
  return { kind: "event", type, data: `at ${position}`, position, after, origin: "" };
}

it.each([
  ["the next event", said("4", "3"), [2, 3]],
  ["an event after an id that is not the one before", said("40", "3"), [2, 3]],
  ["an event without an id of its own", said("3", "3"), [2, 3]],
  ["the first event of another connection", said("4", ""), [2, 3]],
  ["the beginning of another connection", said("3", "", "sse.open"), [2, 3]],
  ["an event that says nothing of the one before", { ...said("4", ""), after: undefined }, [2, 3]],
  ["the one that it waits for", said("2", "1"), null],
  ["an event without any id, and then the next one", said("", ""), [2, 3]],
])("a tab that hears %s before an answer is told what it has missed", async (_, first, gap) => {
  const { source, gaps, data, channel } = await beside("1");
  channel.postMessage(first);
  if (!first.position) channel.postMessage(said("4", ""));
  channel.postMessage({ kind: "status", status: OPEN, position: first.position || "4" });
  await until(() => source.readyState === 1);
  expect(gaps).toEqual(gap ? [{ v: 1, from: gap[0], to: gap[1] }] : []);
  expect(data.length).toBe(first.type === "sse.open" ? 0 : first.position ? 1 : 2);
});

it("a tab keeps its place when the one with the connection does not know its own yet", async () => {
  const { source, gaps, channel } = await beside("1");
  channel.postMessage({ kind: "status", status: OPEN, position: "" });
  await until(() => source.readyState === 1);
  channel.postMessage(said("4", ""));
  await until(() => gaps.length > 0);
  expect(gaps).toEqual([{ v: 1, from: 2, to: 3 }]);
});

it("the tab that has the connection says which event is the one before", async () => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  const channel = new BroadcastChannel("sse-gate:feed");
  atEnd(() => channel.close());
  const heard: string[] = [];
  channel.onmessage = ({ data: { kind, position, after } }) =>
    kind === "event" && heard.push(`${after} ${position}`);
  const server = await serve(stream(numbered(10, 20) + "data: without an id\n\n"));
  tab(server.url("/s"), { lastEventId: "1" });
  await until(() => heard.length === 3);
  expect(heard).toEqual(["1 10", "10 20", "20 20"]);
});

it("a tab is told no gap of numbers that its own connection leaves out", async () => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  const server = await serve(stream(numbered(10, 20)));
  const { data, gaps } = tab(server.url("/s"), { lastEventId: "1" });
  await until(() => data.length === 2);
  expect(gaps).toEqual([]);
});

const OPEN = { state: "open", reason: null, retryAt: null, attempt: 1 };

/** A tab that was at this place, and the channel of one that has the connection, which the test plays. */
async function beside(lastEventId: string) {
  const locks = new Locks();
  const { signal } = new AbortController();
  void locks.request("", { signal }, () => new Promise(() => {}));
  vi.stubGlobal("navigator", { locks });
  const channel = new BroadcastChannel("sse-gate:feed");
  atEnd(() => channel.close());
  return { ...tab("http://127.0.0.1:9/s", { lastEventId }), channel };
}

/** Events that have their numbers for ids and for data. */
function numbered(...numbers: number[]): string {
  return numbers.map((n) => `id: ${n}\ndata: ${n}\n\n`).join("");
}

/** Web Locks as far as they are needed: one holder at a time, in order. Node 20 has none. */
class Locks {
  #last: Promise<unknown> = Promise.resolve();
  request(_: string, { signal }: { signal: AbortSignal }, call: () => Promise<void>) {
    const held = this.#last.then(() => (signal.aborted ? undefined : call()));
    this.#last = held.catch(() => {});
    return held;
  }
}
