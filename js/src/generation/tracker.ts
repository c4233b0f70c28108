// Turns the statuses of one stream into what is tracked.

import { safely } from "../safely.js";
import type { Status } from "../status.js";
import type { Track, TrackedProperties } from "./metrics.js";

type Properties<N extends keyof TrackedProperties> = Omit<
  TrackedProperties[N],
  "generation_id" | "retry_count" | "timestamp"
>;

export class Tracker {
  #track;
  #generationId;
  #retries = 0;
  #openedAt: number | null = null;

  constructor(track: Track | undefined, generationId: string) {
    this.#track = track;
    this.#generationId = generationId;
  }

  tokenRequested(retries: number): void {
    this.#retries = retries;
    this.#tell("sse_token_requested", {});
  }

  changed({ state, reason, attempt }: Status): void {
    if (state === "open") {
      this.#openedAt = Date.now();
      this.#retries = attempt - 1;
      this.#tell("sse_connection_established", {});
    } else if (state !== "connecting" && reason) {
      // A page that is away has no error.
      if (reason !== "hidden") this.#tell("sse_connection_error", { error: reason });
      this.ended();
    }
  }

  /** The stream is over, if it was open. */
  ended(): void {
    if (this.#openedAt === null) return;
    this.#tell("sse_connection_closed", { duration_ms: Date.now() - this.#openedAt });
    this.#openedAt = null;
  }

  #tell<N extends keyof TrackedProperties>(name: N, properties: Properties<N>): void {
    const tracked = {
      generation_id: this.#generationId,
      retry_count: this.#retries,
      timestamp: Date.now(),
    };
    // TypeScript does not see that both halves together are the whole.
    const all = { ...tracked, ...properties } as unknown as TrackedProperties[N];
    safely(() => this.#track?.(name, all));
  }
}
