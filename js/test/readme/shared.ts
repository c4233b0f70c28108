import { postForToken } from "sse-gate-client";
import { SharedEventSource } from "sse-gate-client/shared";

const source = new SharedEventSource("feed of alice", "/feed/stream", {
  mint: ({ lastEventId, signal }) =>
    postForToken("/feed/stream-token", { json: { last_event_id: lastEventId }, signal }),
});
source.onmessage = ({ data }) => console.log(data);
