// The events of the server's library. Their names begin with `sse.`.

import { NEEDS_TOKEN, type Ending, type Reason } from "./status.js";

interface ReservedData {
  reason?: string;
  gap?: { from: number; to: number } | null;
}

/** Their names. */
export const RESERVED = ["open", "gap", "close", "error", "wait", "heartbeat"].map(
  (it) => "sse." + it,
);

/** How the server closes a session for good. */
const FINAL = ["complete", "revoked", "reuse", "displaced"];

/** Whether an event shows that the stream works. */
export function isProgress(type: string): boolean {
  return !type.startsWith("sse.") || type === "sse.heartbeat";
}

/** How the server ends the stream with this event; null if it does not. */
export function endingOfClose(type: string, data: string, retry: number): Ending | null {
  if (type === "sse.error") return { reason: "failed", final: true };
  if (type === "sse.wait") return { reason: "busy", wait: retry };
  if (type !== "sse.close") return null;
  const reason = dataOf(data).reason as Reason;
  if (NEEDS_TOKEN.includes(reason)) return { reason };
  return { reason: FINAL.includes(reason) ? reason : "closed", final: true };
}

/** The data of such an event. After a break WebKit may put the rest of another event before it. */
export function dataOf(data: string): ReservedData {
  try {
    return JSON.parse(data.slice(data.lastIndexOf("\n") + 1)) ?? {};
  } catch {
    return {};
  }
}
