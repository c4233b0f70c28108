// The events of a fetch body.

import { EventParser, type ParserOptions, type StreamEvent } from "./parser.js";

/** The text of a body, as it comes. Leaving the loop cancels the body. */
export async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  // It takes one byte order mark away, and replaces what is no UTF-8.
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (let chunk; !(chunk = await reader.read()).done;) {
      yield decoder.decode(chunk.value, { stream: true });
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * The events of a body, one after the other. Leaving the loop cancels the body.
 *
 * ```js
 * const response = await fetch(url, { headers: { Accept: "text/event-stream" } });
 * for await (const { type, data } of streamEvents(response.body)) console.log(type, data);
 * ```
 *
 * @throws what the body throws, and RangeError if an event is too long, after those before it.
 */
export async function* streamEvents(
  body: ReadableStream<Uint8Array>,
  options?: ParserOptions,
): AsyncGenerator<StreamEvent, void> {
  const events: StreamEvent[] = [];
  const parser = new EventParser({ onEvent: (event) => events.push(event) }, options);
  for await (const text of textOf(body)) {
    try {
      parser.push(text);
    } finally {
      yield* events.splice(0);
    }
  }
}
