import { streamEvents } from "sse-gate-client";

const { body } = await fetch("/answers", {
  method: "POST",
  headers: { Accept: "text/event-stream" },
});
if (body) for await (const { type, data } of streamEvents(body)) console.log(type, data);
