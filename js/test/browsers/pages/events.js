// Follows a stream without tokens, and tells each time all that has come of it.

import { SecureEventSource } from "/dist/index.js";
import { say } from "/pages/say.js";

const told = { events: [], waits: [], closed: null };
const source = new SecureEventSource("/events", {
  ...{ base: 1, cap: 1, floor: 1 },
  onstatus: ({ state, reason, retryAt }) => {
    if (retryAt) told.waits.push(retryAt - Date.now());
    if (state === "closed") told.closed = reason;
    say(told);
  },
});
for (const name of ["message", "tick"]) {
  source.addEventListener(name, ({ type, data, lastEventId }) => {
    told.events.push({ type, data, lastEventId });
    say(told);
  });
}
