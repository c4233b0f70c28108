// Follows one generation over as many streams as it takes.

import type { Backoff } from "../backoff.js";
import { SecureEventSource } from "../event-source.js";
import { objectOf } from "../json.js";
import type { SecureEventSourceInit } from "../init.js";
import { safely } from "../safely.js";
import type { Status } from "../status.js";
import { StreamError } from "../stream-error.js";
import type { Track } from "./metrics.js";
import { withBase, type GenerationService } from "./service.js";
import { Tracker } from "./tracker.js";
import type { SSETokenResponse, StreamingProgressEvent } from "./types.js";

export interface GenerationMonitorInit extends Backoff {
  /** Asks for the tokens: a `GenerationService`, or what does the same. */
  service: Pick<GenerationService, "getSSEToken"> & { baseUrl?: string };
  /** After so many retries without an event it gives up. Default: 3. */
  maxRetries?: number;
  /** Default: `auto`, see `SecureEventSourceInit`. */
  transport?: NonNullable<SecureEventSourceInit["transport"]>;
  /** Called with each change of the connection, such as a retry that is due. */
  onStatus?: (status: Status) => void;
  /** Is told what happens, for metrics. */
  track?: Track;
}

interface Callbacks {
  onProgress: (event: StreamingProgressEvent) => void;
  onError: ((error: Error) => void) | undefined;
  onComplete: (() => void) | undefined;
}

/**
 * Follows the progress of a generation. Each attempt has a new token, and goes on from the last event.
 *
 * ```js
 * const service = new GenerationService({ accessToken: () => session.accessToken });
 * const monitor = new GenerationMonitor(id, { service });
 * await monitor.startStreaming(({ progress }) => show(progress), showError, showResult);
 * ```
 */
export class GenerationMonitor {
  #id;
  #init;
  #abort = new AbortController();
  #source: SecureEventSource | null = null;
  #tracker: Tracker;

  constructor(generationId: string, init: GenerationMonitorInit) {
    this.#id = generationId;
    this.#init = init;
    this.#tracker = new Tracker(init.track, generationId);
  }

  /**
   * Starts from the beginning. A stream that runs is stopped before. Resolves when the first token is
   * there; the stream is opened next.
   *
   * @param onProgress gets each record once, in order.
   * @param onError gets a record that is no JSON, which does not end the stream, and the error that
   *   ends it. A connection that is lost and comes back is none: see `onStatus`.
   * @param onComplete is called after the record that is `completed` or `failed`.
   * @throws what the service threw for the first token. `onError` gets it before.
   */
  async startStreaming(
    onProgress: (event: StreamingProgressEvent) => void,
    onError?: (error: Error) => void,
    onComplete?: () => void,
  ): Promise<void> {
    this.stopStreaming();
    const { signal } = (this.#abort = new AbortController());
    let first: SSETokenResponse;
    try {
      first = await this.#token(0, "", signal);
    } catch (error) {
      if (signal.aborted) return;
      safely(() => onError?.(error as Error));
      throw error;
    }
    if (!signal.aborted) this.#open(first, { onProgress, onError, onComplete });
  }

  /** Ends the stream. No callback is called afterwards. */
  stopStreaming(): void {
    this.#abort.abort();
    this.#source?.close();
    this.#source = null;
    this.#tracker.ended();
  }

  /** Whether a stream is open. It is not while a retry is due. */
  isStreaming(): boolean {
    return this.#source?.readyState === SecureEventSource.OPEN;
  }

  #token(retries: number, lastEventId: string, signal: AbortSignal): Promise<SSETokenResponse> {
    this.#tracker.tokenRequested(retries);
    return this.#init.service.getSSEToken(this.#id, { lastEventId, signal });
  }

  #open(first: SSETokenResponse, callbacks: Callbacks): void {
    const { service, maxRetries = 3, onStatus, track: _, ...init } = this.#init;
    const { cap = 10_000 } = init;
    let next: SSETokenResponse | null = first;
    // The answers of the mint say where the stream is: on this origin.
    const source = new SecureEventSource(withBase("/", service.baseUrl), {
      ...init,
      cap,
      maxAttempts: maxRetries + 1,
      mint: async ({ lastEventId, number, signal }) => {
        const { sse_token, stream_url } =
          next ?? (await this.#token(number - 1, lastEventId, signal));
        next = null;
        return { sse_token, stream_url: withBase(stream_url, service.baseUrl) };
      },
      onstatus: (status) => {
        this.#tracker.changed(status);
        safely(() => onStatus?.(status));
        if (status.state === "closed" && this.#source === source) this.#fail(status, callbacks);
      },
    });
    source.onmessage = ({ data }) => this.#receive(data, callbacks);
    this.#source = source;
  }

  #receive(data: string, { onProgress, onError, onComplete }: Callbacks): void {
    const event = objectOf<StreamingProgressEvent>(data);
    if (!event) {
      safely(() => onError?.(new Error("a record is no JSON object")));
      return;
    }
    const isFinal = event.status === "completed" || event.status === "failed";
    if (isFinal) this.stopStreaming();
    safely(() => onProgress(event));
    if (isFinal) safely(() => onComplete?.());
  }

  #fail({ reason, error, attempt }: Status, { onError }: Callbacks): void {
    this.stopStreaming();
    const { maxRetries = 3 } = this.#init;
    const gaveUp = attempt > maxRetries + 1 ? `gave up after ${maxRetries} retries: ` : "";
    const message = `${gaveUp}the stream ended before the generation did (${reason})`;
    safely(() => onError?.(new StreamError(message, reason!, { cause: error })));
  }
}
