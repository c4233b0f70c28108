// Follows a topic with a client library that others use, as their documentation has it, and says
// what comes of it, a line of JSON each. At each attempt it asks for a new token.
//
//     node follow.mjs LIBRARY BASE TOPIC JWT

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [library, base, topic, jwt] = process.argv.slice(2);
const say = (what) => console.log(JSON.stringify(what));

const fetchOfNode = globalThis.fetch;

/** The URL of the stream, with a token that is good once. */
async function mint() {
  const headers = { authorization: `Bearer ${jwt}` };
  const path = `${base}/topics/${topic}/stream-token`;
  const response = await fetchOfNode(path, { method: "POST", headers });
  const { stream_url, sse_token } = await response.json();
  return `${base}${stream_url}?token=${sse_token}`;
}

/** Fetches the stream, whatever the URL. */
async function fetchFresh(url, init) {
  const fresh = new URL(await mint());
  const id = new URL(url).searchParams.get("lastEventId");
  if (id !== null) fresh.searchParams.set("lastEventId", id);
  const response = await fetchOfNode(fresh, init);
  say({ status: response.status });
  return response;
}

const url = `${base}/the-stream`;
const followers = {
  eventsource() {
    const { EventSource } = require("eventsource");
    const source = new EventSource(url, { fetch: fetchFresh });
    source.onopen = () => say("open");
    source.onmessage = (event) => say({ data: event.data });
  },
  "fetch-event-source"() {
    // It is made for pages.
    globalThis.window = globalThis;
    globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
    const { fetchEventSource } = require("@microsoft/fetch-event-source");
    fetchEventSource(url, {
      fetch: fetchFresh,
      openWhenHidden: true,
      async onopen(response) {
        if (!response.ok) throw new Error(response.status);
        say("open");
      },
      onmessage: ({ event, data }) => event === "" && say({ data }),
      onclose() {
        throw new Error("it is to come back");
      },
      onerror: () => 20,
    });
  },
  "event-source-polyfill"() {
    // It takes the one that is there when it is loaded.
    globalThis.fetch = fetchFresh;
    const { EventSourcePolyfill } = require("event-source-polyfill");
    const source = new EventSourcePolyfill(url);
    source.onopen = () => say("open");
    source.onmessage = (event) => say({ data: event.data });
  },
};
followers[library]();
