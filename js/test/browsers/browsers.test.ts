// The package in real browsers, over the real demo server, through cuts, failures and restarts.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Demo } from "./demo.js";
import { openBrowser, type Engine } from "./engines.js";
import { Front } from "./front.js";

interface Told {
  numbers: number[];
  reasons: string[];
  gaps: string[];
  mints: number;
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

describe.each<Engine>(["chromium", "firefox", "webkit"])("%s", { timeout: 60_000 }, (engine) => {
  let demo: Demo;
  let front: Front;
  let closeBrowser: () => Promise<void>;
  let jwt: string;

  beforeAll(async () => {
    demo = await Demo.start("--retry", "10");
    front = await Front.start(demo.origin);
    closeBrowser = await openBrowser(
      engine,
      `${front.origin}/pages/run.html?token=attacker#token=attacker`,
    );
    await front.ready();
    const login = await post("/demo/login", { username: "alice", password: "demo" });
    jwt = login.access_token;
  }, 60_000);

  afterAll(async () => {
    await closeBrowser?.();
    await front?.stop();
    await demo?.stop();
  });

  async function post(path: string, json: unknown) {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${jwt}` };
    const init = { method: "POST", headers, body: JSON.stringify(json) };
    const response = await fetch(demo.origin + path, init);
    expect(response.ok).toBe(true);
    return response.json();
  }

  async function publish(topic: string, from: number, to: number) {
    for (let n = from; n <= to; n += 1) await post(`/topics/${topic}/publish`, { n });
  }

  async function run<T = Told>(name: string, args: unknown = {}): Promise<T> {
    const { returned, threw } = await front.run<{ returned: T; threw?: string }>(name, args);
    if (threw) throw new Error(threw);
    return returned;
  }

  const streams = (topic: string) =>
    front.seen.filter(({ url }) => url.startsWith(`/topics/${topic}/stream?`));

  async function gone() {
    const end = Date.now() + 10_000;
    while (front.open > 0 && Date.now() < end) await new Promise((done) => setTimeout(done, 5));
    expect(front.open).toBe(0);
  }

  it("comes back after cuts with one token, and has each event once", async () => {
    await run("follow", { topic: "cuts" });
    let count = 0;
    for (let cut = 0; cut < 5; cut += 1) {
      await publish("cuts", count + 1, count + 3);
      count += 3;
      await run("collect", { count });
      front.cut();
      await publish("cuts", count + 1, ++count);
    }
    const told = await run("collect", { count });
    expect(told.numbers).toEqual(upTo(count));
    expect(told.mints).toBe(1);
    expect(told.gaps).toEqual([]);
    expect(new Set(streams("cuts").map(({ url }) => url)).size).toBe(1);
    await run("close");
    await gone();
  });

  it("survives a proxy's 502, which ends a native EventSource for good", async () => {
    await run("follow", { topic: "proxy" });
    await publish("proxy", 1, 2);
    await run("collect", { count: 2 });
    front.failing = 502;
    front.cut();
    await run("state", { state: "waiting" });
    const asked = front.seen.length;
    while (front.seen.length < asked + 2) await new Promise((done) => setTimeout(done, 5));
    await publish("proxy", 3, 4);
    front.failing = 0;
    const told = await run("collect", { count: 4 });
    expect(told.numbers).toEqual(upTo(4));
    expect(told.mints).toBe(1);
    await run("close");
    await gone();
  });

  it("goes on after a restart of the server", async () => {
    await run("follow", { topic: "restart" });
    await publish("restart", 1, 2);
    await run("collect", { count: 2 });
    await demo.kill();
    await run("state", { state: "waiting" });
    await demo.begin();
    await publish("restart", 3, 4);
    const told = await run("collect", { count: 4 });
    expect(told.numbers).toEqual(upTo(4));
    await run("close");
    await gone();
  });

  it("I12: leaves the connection when the page is cached, and goes on when it is back", async () => {
    await run("follow", { topic: "cached" });
    await publish("cached", 1, 2);
    await run("collect", { count: 2 });
    await run("page", { event: "pagehide" });
    await gone();
    await publish("cached", 3, 4);
    await run("page", { event: "pageshow" });
    const told = await run("collect", { count: 4 });
    expect(told.numbers).toEqual(upTo(4));
    expect(told.mints).toBe(1);
    await run("close");
    await gone();
  });

  it("I12: goes on after the way back to a page that the browser has kept", async () => {
    await run("follow", { topic: "left" });
    await publish("left", 1, 2);
    await run("collect", { count: 2 });
    const leaving = run<boolean>("leave");
    await publish("left", 3, 4);
    const wasKept = await leaving;
    // Firefox keeps no page that has a stream open when it is left: the page begins anew.
    expect(wasKept).toBe(engine !== "firefox");
    if (!wasKept) return gone();
    const told = await run("collect", { count: 4 });
    expect(told.numbers).toEqual(upTo(4));
    expect(told.mints).toBe(1);
    await run("close");
    await gone();
  });

  it("I12: mints anew when the session is over by the time the page is back, and loses nothing", async () => {
    await run("follow", { topic: "away" });
    await publish("away", 1, 2);
    await run("collect", { count: 2 });
    await run("page", { event: "pagehide" });
    await gone();
    await publish("away", 3, 4);
    // What the server says of a session that is over.
    front.failing = 204;
    const asked = streams("away").length;
    await run("page", { event: "pageshow" });
    while (streams("away").length === asked) await new Promise((done) => setTimeout(done, 1));
    front.failing = 0;
    const told = await run("collect", { count: 4 });
    expect(told.numbers).toEqual(upTo(4));
    expect(told.mints).toBeGreaterThan(1);
    expect(told.gaps).toEqual([]);
    await run("close");
    await gone();
  });

  it("pauses while the page is hidden, if it is told to", async () => {
    await run("follow", { topic: "hidden", init: { pauseWhenHidden: true } });
    await run("page", { event: "hidden" });
    await gone();
    expect(await run("state", { state: "waiting" })).toMatchObject({ reason: "hidden" });
    await publish("hidden", 1, 2);
    await run("page", { event: "visible" });
    const told = await run("collect", { count: 2 });
    expect(told.numbers).toEqual(upTo(2));
    await run("close");
    await gone();
  });

  it("waits while the browser is offline, and goes on at once when it is back", async () => {
    await run("follow", { topic: "offline", init: { base: 600_000, transport: "fetch" } });
    await publish("offline", 1, 1);
    await run("collect", { count: 1 });
    await run("page", { event: "offline" });
    front.cut();
    expect(await run("state", { state: "waiting" })).toMatchObject({ reason: "offline" });
    await publish("offline", 2, 3);
    await run("page", { event: "online" });
    const told = await run("collect", { count: 3 });
    expect(told.numbers).toEqual(upTo(3));
    await run("close");
    await gone();
  });

  it("A15, G15: six tabs have one connection and one token, and survive the death of it", async () => {
    await run("tabs", { topic: "tabs", count: 6 });
    expect(front.open).toBe(1);
    await publish("tabs", 1, 3);
    const before = await run<Shared>("tabsHave", { count: 3 });
    expect(before.numbers).toEqual(Array(6).fill(upTo(3)));
    expect(before.leaders).toBe(1);
    expect(before.mints.reduce((a, b) => a + b)).toBe(1);
    await run("killLeader");
    await publish("tabs", 4, 6);
    const after = await run<Shared>("tabsHave", { count: 6 });
    expect(after.numbers).toEqual(Array(5).fill(upTo(6)));
    expect(after.leaders).toBe(1);
    expect(streams("tabs").length).toBe(2);
    expect(after.overheard.length).toBeGreaterThan(6);
    for (const told of after.overheard) expect(told).not.toMatch(/sset1_|sser1|eyJ/);
    await run("closeTabs");
    await gone();
  });

  it("I12, G15: a tab hands its connection over when its page is cached, and joins again", async () => {
    await run("tabs", { topic: "cachedtab", count: 3 });
    await publish("cachedtab", 1, 2);
    await run("tabsHave", { count: 2 });
    expect(await run("cacheLeader")).toMatchObject({ state: "waiting", reason: "hidden" });
    await publish("cachedtab", 3, 4);
    await run("othersHave", { count: 4 });
    expect(await run("uncacheLeader")).toEqual([{ v: 1, from: 3, to: 4 }]);
    await publish("cachedtab", 5, 5);
    await run("othersHave", { count: 5 });
    const { numbers, leaders } = await run<Shared>("tabsHave", { count: 3 });
    expect(numbers.map((it) => it.join()).sort()).toEqual(["1,2,3,4,5", "1,2,3,4,5", "1,2,5"]);
    expect(leaders).toBe(1);
    expect(front.open).toBe(1);
    await run("closeTabs");
    await gone();
  });

  it("A14: a worker that keeps streams has none for a new token, and its URLs open nothing", async () => {
    await run("worker", { query: "" });
    const counts = await run<number[]>("generation", { times: 2 });
    const asked = front.seen.filter(({ url }) => /^\/generations\/.*\/stream\?/.test(url));
    const kept = await run<string[]>("endWorker", { count: 1 });
    expect(counts.every((count) => count > 0)).toBe(true);
    // Both came from the server.
    expect(asked.length).toBe(2);
    expect(kept.length).toBeGreaterThan(0);
    for (const url of kept) {
      const headers = { Accept: "text/event-stream" };
      expect((await fetch(demo.origin + url, { headers })).status).toBe(401);
    }
    await gone();
  });

  it("A14: a worker that leaves streams out changes nothing", async () => {
    await run("worker", { query: "?careful" });
    await run("follow", { topic: "worker" });
    await publish("worker", 1, 3);
    await run("collect", { count: 3 });
    // An answer that has an end could be kept.
    front.end();
    await publish("worker", 4, 6);
    const told = await run("collect", { count: 6 });
    expect(told.numbers).toEqual(upTo(6));
    await run("close");
    expect(await run("endWorker", { count: 0 })).toEqual([]);
    await gone();
  });

  it("D2, D3: no JWT was in a URL, no token in two of them, and none came from the page's URL", () => {
    for (const { url } of front.seen) expect(url).not.toContain("attacker");
    for (const { url } of front.seen) expect(url).not.toContain("eyJ");
    const opened = front.seen.filter(
      ({ url, lastEventId }) => url.includes("token=") && !lastEventId,
    );
    const tokens = opened.map(({ url }) => new URL(url, front.origin).searchParams.get("token"));
    expect(tokens.length).toBeGreaterThan(5);
    expect(new Set(tokens).size).toBe(tokens.length);
  });
});

interface Shared {
  numbers: number[][];
  leaders: number;
  mints: number[];
  overheard: string[];
}
