// A SecureEventSource in a hurry, and all that it tells.

import { SecureEventSource, type SecureEventSourceInit, type Status } from "../src/index.js";
import { atEnd, HURRY, until as untilIt } from "./helpers.js";

/** Follows a URL until the test is over. */
export function follow(url: string, init: SecureEventSourceInit = {}) {
  const statuses: Status[] = [];
  const data: string[] = [];
  const source = new SecureEventSource(url, {
    ...HURRY,
    ...init,
    onstatus: (it) => {
      statuses.push(it);
      init.onstatus?.(it);
    },
  });
  source.onmessage = (event) => data.push(event.data);
  atEnd(() => source.close());
  const until = (holds: () => boolean) => untilIt(holds, () => ({ statuses, data }));
  const closed = () => until(() => source.readyState === 2);
  return { source, statuses, data, until, closed };
}

export const OPEN = 'retry: 5\nevent: sse.open\nid: sser1.k.s.0.t.0\ndata: {"v":1,"gap":null}\n\n';
export const last = <T>(items: T[]): T => items[items.length - 1]!;
