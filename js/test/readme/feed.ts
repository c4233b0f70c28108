import { SecureEventSource, postForToken } from "sse-gate-client";

const source = new SecureEventSource("/feed/stream", {
  mint: ({ lastEventId, signal }) =>
    postForToken("/feed/stream-token", {
      headers: { Authorization: `Bearer ${session.accessToken}` },
      json: { last_event_id: lastEventId },
      signal,
    }),
  onstatus: ({ state, reason, retryAt }) => console.log(state, reason, retryAt),
});
source.onmessage = ({ data }) => console.log(data);
source.addEventListener("sse.gap", ({ data }) => console.log("lost:", data));
