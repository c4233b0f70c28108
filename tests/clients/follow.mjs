// Follows a stream with a client library that others use, as their documentation has it, and says
// what comes of it, a line of JSON each. In the mode `fresh` it asks for a new token at each attempt,
// in the mode `same` once. The path is that of the stream without its last part: `topics/news`.
//
//     node follow.mjs LIBRARY BASE PATH JWT fresh|same

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [library, base, path, jwt, mode] = process.argv.slice(2);
const say = (what) => console.log(JSON.stringify(what));

const fetchOfNode = globalThis.fetch;

/** The URL of the stream, with a token that is good once. */
async function mint(lastEventId) {
  const headers = { authorization: `Bearer ${jwt}`, "content-type": "application/json" };
  // The events of a strict route have their numbers as ids.
  const last_event_id = /^\d+$/.test(lastEventId) ? lastEventId : undefined;
  const body = JSON.stringify({ last_event_id });
  const response = await fetchOfNode(`${base}/${path}/stream-token`, {
    method: "POST",
    headers,
    body,
  });
  const { stream_url, sse_token } = await response.json();
  return `${base}${stream_url}?token=${sse_token}`;
}

/** Fetches the stream, whatever the URL. */
async function fetchFresh(url, init) {
  const inQuery = new URL(url).searchParams.get("lastEventId");
  const id = inQuery ?? new Headers(init.headers).get("last-event-id");
  const fresh = new URL(await mint(id));
  if (inQuery !== null) fresh.searchParams.set("lastEventId", inQuery);
  return fetchAsAsked(fresh, init);
}

async function fetchAsAsked(url, init) {
  const response = await fetchOfNode(url, init);
  say({ status: response.status });
  return response;
}

const [url, fetch] =
  mode === "fresh" ? [`${base}/the-stream`, fetchFresh] : [await mint(), fetchAsAsked];

/** Follows with npm's `eventsource`. */
function followWith({ EventSource }) {
  const source = new EventSource(url, { fetch });
  source.onopen = () => say("open");
  source.onmessage = (event) => say({ data: event.data });
}

const followers = {
  eventsource: () => followWith(require("eventsource")),
  eventsource5: async () => followWith(await import("eventsource5")),
  "eventsource-client"() {
    const { createEventSource } = require("eventsource-client");
    createEventSource({
      url,
      fetch,
      onConnect: () => say("open"),
      onMessage: ({ event, data }) => event === undefined && say({ data }),
    });
  },
  "fetch-event-source"() {
    // It is made for pages.
    globalThis.window = globalThis;
    globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
    const { fetchEventSource } = require("@microsoft/fetch-event-source");
    const following = fetchEventSource(url, {
      fetch,
      openWhenHidden: true,
      async onopen({ ok, status }) {
        if (!ok || status === 204) throw new Error(status);
        say("open");
      },
      // It has an event for each block, such as a comment, without data, too.
      onmessage: ({ event, data }) => event === "" && data !== "" && say({ data }),
      onclose() {
        throw new Error("it is to come back");
      },
      onerror({ message }) {
        if (message !== "204") return 20;
        say("end");
        throw new Error("the session is over");
      },
    });
    following.catch(() => {});
  },
  "event-source-polyfill"() {
    // It takes the one that is there when it is loaded.
    globalThis.fetch = fetch;
    const { EventSourcePolyfill } = require("event-source-polyfill");
    const source = new EventSourcePolyfill(url);
    source.onopen = () => say("open");
    source.onmessage = (event) => say({ data: event.data });
  },
};
// The fifth `eventsource` does not keep a program running while it waits for its next attempt.
setInterval(() => {}, 60_000);
say("start");
await followers[library]();
