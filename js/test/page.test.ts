// What the page around a stream does to it. The test plays the page; real ones are in browsers/.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fakeEventSource } from "./fake-event-source.js";
import { follow, last, OPEN } from "./follow.js";
import { serve } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

let browser: EventTarget;
let page: EventTarget & { hidden: boolean };
beforeEach(() => {
  page = Object.assign(new EventTarget(), { hidden: false, baseURI: "http://127.0.0.1:9/" });
  vi.stubGlobal("document", page);
  browser = new EventTarget();
  vi.stubGlobal("addEventListener", browser.addEventListener.bind(browser));
});
afterEach(() => vi.unstubAllGlobals());

it("a browser that is online without knowing it comes back when its page is seen", async () => {
  vi.stubGlobal("navigator", { onLine: false });
  const server = await serve(stream("data: one\n\n", "end"), stream("data: two\n\n"));
  const { statuses, data, until } = follow(server.url("/s"));
  await until(() => statuses.some(({ reason }) => reason === "offline"));
  expect(last(statuses).retryAt).toBe(null);
  page.dispatchEvent(new Event("visibilitychange"));
  await until(() => data.length === 2);
});

it("a native one that never comes back is replaced when its page is seen", async () => {
  const [server, made] = [await serve(stream(`${OPEN}data: one\n\n`)), fakeEventSource()];
  const { statuses, data, until } = follow(server.url("/s"));
  await until(() => made.length === 1);
  made[0]!.says({ v: 1, gap: null }, "sser1.k.s.0.t.0", "sse.open");
  made[0]!.fails(0);
  expect(last(statuses)).toMatchObject({ state: "waiting", reason: "lost", retryAt: null });
  page.dispatchEvent(new Event("visibilitychange"));
  await until(() => data.length === 1);
  expect(made[0]!.readyState).toBe(2);
});

it("a page that was away has one more try after 204, and then it ends", async () => {
  const server = await serve(stream(`${OPEN}data: one\n\n`), status(204));
  let mints = 0;
  const { source, data, until, closed } = follow(server.url("/s"), {
    mint: async () => `/s?token=${++mints}`,
  });
  await until(() => data.length === 1);
  browser.dispatchEvent(new Event("pagehide"));
  browser.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  await closed();
  expect(source.status.reason).toBe("no_content");
  expect(server.seen.map(({ url }) => url)).toEqual(["/s?token=1", "/s?token=1", "/s?token=2"]);
});

it("a worker, which has no page, comes back when the browser is online", async () => {
  vi.stubGlobal("document", undefined);
  vi.stubGlobal("navigator", { onLine: false });
  const server = await serve(stream("data: one\n\n", "end"), stream("data: two\n\n"));
  const { statuses, data, until } = follow(server.url("/s"));
  await until(() => statuses.some(({ reason }) => reason === "offline"));
  browser.dispatchEvent(new Event("online"));
  await until(() => data.length === 2);
});
