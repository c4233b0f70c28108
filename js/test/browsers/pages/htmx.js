// Follows a stream with htmx, and says what comes of it.

import { say } from "/pages/say.js";
import { mintAt, signIn } from "/pages/server.js";

const jwt = await signIn();
const { args } = await (await fetch("/next")).json();
const mint = mintAt(jwt, `/${args.path}/stream-token`);
let lastEventId = "";

/** Puts an element with a fresh token into the page, in place of the one before. */
async function connect() {
  const { stream_url, sse_token } = await mint({ lastEventId });
  const output = document.createElement("output");
  output.setAttribute("hx-sse:connect", `${stream_url}?token=${sse_token}`);
  // A status of 204 does not end it, and this event does.
  output.setAttribute("hx-sse:close", "sse.close");
  // A token that is spent opens nothing: this element does not come back by itself.
  if (args.mode === "fresh") output.setAttribute("hx-config", "sse.reconnect:false");
  document.body.replaceChildren(output);
  say("start");
  htmx.process(output);
}

document.addEventListener("htmx:sse:after:message", ({ detail: { message } }) => {
  lastEventId = message.id;
  if (!message.event) say({ data: message.data });
});
document.addEventListener("htmx:sse:error", ({ detail }) => say({ error: String(detail.error) }));
document.addEventListener("htmx:sse:close", ({ detail: { reason } }) => {
  if (args.mode === "fresh" && reason === "ended") connect();
});
await connect();
