// Follows one generation while its page is there.

import { useEffect, useState } from "react";
import { postForToken } from "sse-gate-client";
import {
  GenerationMonitor,
  type GenerationMonitorInit,
  type SSETokenResponse,
} from "sse-gate-client/generation";
import { inWords } from "@/lib/words";

/** Asks for the tokens. The JWT is in the cookie, so there is none to send. */
const service: GenerationMonitorInit["service"] = {
  getSSEToken: (id, { lastEventId, signal } = {}) =>
    postForToken<SSETokenResponse>(`/generations/generate/${encodeURIComponent(id)}/stream-token`, {
      json: lastEventId ? { last_event_id: lastEventId } : {},
      signal: signal ?? null,
    }),
};

export interface Generation {
  /** 0.0 to 1.0. */
  progress: number;
  status: "connecting" | "pending" | "processing" | "completed" | "failed";
  stage: string;
  message: string;
  /** What is wrong with the connection, while the page waits for the next one. */
  connection: string | null;
  /** Why the page follows it no longer. */
  error: string | null;
}

const BEGIN: Generation = {
  progress: 0,
  status: "connecting",
  stage: "",
  message: "Initializing …",
  connection: null,
  error: null,
};

export function useGeneration(id: string): Generation {
  const [generation, setGeneration] = useState(BEGIN);
  useEffect(() => {
    const change = (more: Partial<Generation>) => setGeneration((it) => ({ ...it, ...more }));
    const monitor = new GenerationMonitor(id, {
      service,
      maxRetries: 8,
      onStatus: ({ state }) =>
        change({
          connection: state === "waiting" ? "The connection is gone. Trying again …" : null,
        }),
    });
    setGeneration(BEGIN);
    monitor
      .startStreaming(
        ({ progress, status, stage, message }) => change({ progress, status, stage, message }),
        (error) => change({ error: inWords(error), connection: null }),
      )
      // It has told the callback.
      .catch(() => {});
    return () => monitor.stopStreaming();
  }, [id]);
  return generation;
}
