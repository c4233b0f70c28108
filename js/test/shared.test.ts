// SharedEventSource with and without Web Locks. Real tabs are in browsers/.

import { afterEach, expect, it, vi } from "vitest";
import { SharedEventSource } from "../src/shared.js";
import { aMoment, atEnd, COMPLETE, HURRY, opening, serve, until } from "./helpers.js";
import { stream } from "./scripted-server.js";

afterEach(() => vi.unstubAllGlobals());

/** A tab, and the data that it gets. */
function tab(url: string) {
  const source = new SharedEventSource("feed", url, HURRY);
  atEnd(() => source.close());
  const data: string[] = [];
  source.onmessage = (event) => data.push(event.data);
  return { source, data };
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

/** Web Locks as far as they are needed: one holder at a time, in order. Node 20 has none. */
class Locks {
  #last: Promise<unknown> = Promise.resolve();
  request(_: string, { signal }: { signal: AbortSignal }, call: () => Promise<void>) {
    const held = this.#last.then(() => (signal.aborted ? undefined : call()));
    this.#last = held.catch(() => {});
    return held;
  }
}
