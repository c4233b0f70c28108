import { SecureEventSource, postForToken } from "sse-gate-client";

const events = new SecureEventSource("/rooms/7/events", {
  mint: ({ signal }) =>
    postForToken("/rooms/7/events-token", {
      headers: { Authorization: `Bearer ${session.accessToken}` },
      signal,
    }),
  onstatus: ({ state, reason }) => console.log(state, reason),
});
events.onmessage = ({ data }) => console.log(data);
