// Runs what the test asks for, one scenario after the other, and reports what came of it.

import { SecureEventSource } from "/dist/index.js";
import { feedMint, mintAt, signIn, startGeneration } from "/pages/server.js";

const until = async (holds, what) => {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never: ${what()}`);
    await new Promise((done) => setTimeout(done, 5));
  }
};

/** Follows a topic, and counts what happens. */
async function openFeed(topic, init = {}) {
  const jwt = await signIn();
  const told = { numbers: [], reasons: [], gaps: [], mints: 0 };
  const mint = feedMint(jwt, topic);
  const source = new SecureEventSource(`/topics/${topic}/stream`, {
    base: 20,
    floor: 10,
    mint: (attempt) => {
      told.mints += 1;
      return mint(attempt);
    },
    onstatus: ({ state, reason }) => reason && told.reasons.push(`${state} ${reason}`),
    ...init,
  });
  source.onmessage = ({ data }) => told.numbers.push(JSON.parse(data).n);
  source.addEventListener("sse.gap", ({ data }) => told.gaps.push(data));
  return { source, told };
}

let feed;
const scenarios = {
  /** Begins to follow a topic; returns when it is open. */
  async follow({ topic, init }) {
    feed = await openFeed(topic, init);
    await until(
      () => feed.source.readyState === 1,
      () => JSON.stringify(feed.told),
    );
    return null;
  },
  /** Waits until so many events have come; what was counted. */
  async collect({ count }) {
    await until(
      () => feed.told.numbers.length >= count,
      () => JSON.stringify(feed.told),
    );
    return feed.told;
  },
  /** Waits until the stream is in a state. */
  async state({ state }) {
    await until(
      () => feed.source.status.state === state,
      () => JSON.stringify(feed.told),
    );
    return feed.source.status;
  },
  close() {
    feed.source.close();
    return feed.told;
  },
  /** What the browser does around a page, as the page sees it. */
  page({ event }) {
    if (event === "offline" || event === "online") {
      Object.defineProperty(navigator, "onLine", {
        get: () => event === "online",
        configurable: true,
      });
      window.dispatchEvent(new Event(event));
    } else if (event === "hidden" || event === "visible") {
      const hidden = event === "hidden";
      Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    } else {
      window.dispatchEvent(new PageTransitionEvent(event, { persisted: true }));
    }
    return null;
  },
  /** Goes to another page and back; whether this page was kept meanwhile. */
  async leave() {
    const isBack = new Promise((done) =>
      window.addEventListener("pageshow", ({ persisted }) => done(persisted), { once: true }),
    );
    sessionStorage.setItem("left", "yes");
    location.href = "/pages/away.html";
    const wasKept = await isBack;
    sessionStorage.removeItem("left");
    return wasKept;
  },
  /** Opens so many tabs on one topic; returns when all are open, and what they tell each other. */
  async tabs({ topic, count }) {
    // This page outlives its tabs: Firefox settles no promise of a frame that is gone.
    await signIn();
    window.overheard = [];
    const channel = new BroadcastChannel("sse-gate:feed");
    channel.onmessage = ({ data }) => window.overheard.push(JSON.stringify(data));
    for (let n = 0; n < count; n += 1) {
      const frame = document.createElement("iframe");
      frame.src = `/pages/tab.html?topic=${topic}`;
      document.body.append(frame);
    }
    await until(
      () => tabs().length === count && tabs().every((it) => it.source.readyState === 1),
      tell,
    );
    return null;
  },
  /** Waits until all tabs have so many events. */
  async tabsHave({ count }) {
    await until(() => tabs().every((it) => it.numbers.length >= count), tell);
    return {
      numbers: tabs().map((it) => it.numbers),
      leaders: tabs().filter((it) => it.source.isLeader).length,
      mints: tabs().map((it) => it.mints()),
      overheard: window.overheard,
    };
  },
  /** Sends the tab that has the connection to the cache, as it sees that; returns when another one has it. */
  async cacheLeader() {
    window.cached = frames().find((it) => it.contentWindow.tab.source.isLeader);
    const event = new PageTransitionEvent("pagehide", { persisted: true });
    window.cached.contentWindow.dispatchEvent(event);
    await until(() => tabs().some((it) => it.source.isLeader && it.source.readyState === 1), tell);
    return window.cached.contentWindow.tab.source.status;
  },
  /** Waits until the tabs that are not in the cache have so many events. */
  async othersHave({ count }) {
    const others = () => tabs().filter((it) => it !== window.cached.contentWindow.tab);
    await until(() => others().every((it) => it.numbers.length >= count), tell);
    return null;
  },
  /** And back; which events it is told that it has missed. */
  async uncacheLeader() {
    const { source } = window.cached.contentWindow.tab;
    const gaps = [];
    source.addEventListener("sse.gap", ({ data }) => gaps.push(JSON.parse(data)));
    const event = new PageTransitionEvent("pageshow", { persisted: true });
    window.cached.contentWindow.dispatchEvent(event);
    await until(() => gaps.length > 0 && source.readyState === 1, tell);
    return gaps;
  },
  /** Removes the tab that has the connection. */
  async killLeader() {
    frames()
      .find((it) => it.contentWindow.tab.source.isLeader)
      .remove();
    await until(() => tabs().some((it) => it.source.isLeader && it.source.readyState === 1), tell);
    return null;
  },
  /** Puts this page under a service worker. */
  async worker({ query }) {
    await navigator.serviceWorker.register(`/pages/worker.js${query}`);
    await until(
      () => navigator.serviceWorker.controller?.scriptURL.endsWith(`worker.js${query}`),
      () => "no worker",
    );
    return null;
  },
  /** What the worker has kept, by path and query; it is gone afterwards. */
  async endWorker({ count }) {
    const urls = async () => (await (await caches.open("streams")).keys()).map(({ url }) => url);
    const end = Date.now() + 5_000;
    while ((await urls()).length < count && Date.now() < end) {
      await new Promise((done) => setTimeout(done, 5));
    }
    const kept = await urls();
    await caches.delete("streams");
    await (await navigator.serviceWorker.getRegistration()).unregister();
    return kept.map((url) => url.slice(location.origin.length));
  },
  /** Follows a generation to its end, so many times; how many records came each time. */
  async generation({ times }) {
    const jwt = await signIn();
    const id = await startGeneration(jwt, '{"a":1}');
    const path = `/generations/generate/${id}/stream`;
    const counts = [];
    for (let n = 0; n < times; n += 1) {
      let count = 0;
      const mint = mintAt(jwt, `${path}-token`);
      const source = new SecureEventSource(path, { mint });
      await new Promise((done) => {
        source.onmessage = ({ data }) => {
          count += 1;
          if (JSON.parse(data).status === "completed") done();
        };
      });
      source.close();
      counts.push(count);
    }
    return counts;
  },
  closeTabs() {
    for (const frame of frames()) frame.remove();
    return null;
  },
};

const frames = () => [...document.querySelectorAll("iframe")];
const tabs = () => frames().flatMap((it) => it.contentWindow?.tab ?? []);
const tell = () => JSON.stringify(tabs().map(({ numbers, statuses }) => ({ numbers, statuses })));

if (sessionStorage.getItem("left")) {
  // This page was loaded again.
  sessionStorage.removeItem("left");
  await fetch("/report", { method: "POST", body: JSON.stringify({ returned: false }) });
}
for (;;) {
  const { name, args } = await (await fetch("/next")).json();
  let result;
  try {
    result = { returned: await scenarios[name](args) };
  } catch (error) {
    result = { threw: `${error}` };
  }
  await fetch("/report", { method: "POST", body: JSON.stringify(result) });
}
