// The parser passes the cases of the Rust decoder, however they are cut.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EventParser, streamEvents, type StreamEvent } from "../src/index.js";

interface Case {
  name: string;
  input_b64: string;
  expect: { type: string; data: string; id: string }[];
  retry: (number | string)[];
  comments?: string[];
  last_event_id?: string;
  initial_last_event_id?: string;
}

const corpus = new URL(
  "../../crates/sse-gate-codec/tests/corpus/sse-decode.jsonl",
  import.meta.url,
);
const cases = readFileSync(corpus, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

/** What a parser makes of these chunks. */
function parse(chunks: Uint8Array[], lastEventId = "") {
  const events: StreamEvent[] = [];
  const retry: number[] = [];
  const comments: string[] = [];
  const hooks = {
    onEvent: (event: StreamEvent) => void events.push(event),
    onRetry: (time: number) => void retry.push(time),
    onComment: (comment: string) => void comments.push(comment),
  };
  const parser = new EventParser(hooks, { lastEventId });
  const decoder = new TextDecoder();
  for (const chunk of chunks) parser.push(decoder.decode(chunk, { stream: true }));
  return { events, retry, comments, lastEventId: parser.lastEventId };
}

function check(it: Case, chunks: Uint8Array[]) {
  const parsed = parse(chunks, it.initial_last_event_id);
  const events = it.expect.map(({ type, data, id }) => ({ type, data, lastEventId: id }));
  expect(parsed.events).toEqual(events);
  expect(parsed.retry).toEqual(it.retry.map(Number));
  if (it.comments) expect(parsed.comments).toEqual(it.comments);
  if (it.last_event_id !== undefined) expect(parsed.lastEventId).toBe(it.last_event_id);
}

describe.each(cases)("$name", (it_) => {
  const bytes = Buffer.from(it_.input_b64, "base64");
  it("is read whole", () => check(it_, [bytes]));
  it("is read byte by byte", () =>
    check(
      it_,
      [...bytes].map((byte) => Uint8Array.of(byte)),
    ));
  it("is read at every split", () => {
    for (let at = 0; at <= Math.min(bytes.length, 2_000); at += 1) {
      check(it_, [bytes.subarray(0, at), bytes.subarray(at)]);
    }
  });
});

it("the corpus is there", () => expect(cases.length).toBeGreaterThan(200));

describe("an event that is too long", () => {
  const limited = () => new EventParser({ onEvent: () => {} }, { maxEventLength: 100 });
  it("is refused as a line without an end", () => {
    const parser = limited();
    expect(() => {
      for (let n = 0; n < 20; n += 1) parser.push("data: xxx");
    }).toThrow(RangeError);
  });
  it("is refused as many lines", () => {
    const parser = limited();
    expect(() => {
      for (let n = 0; n < 30; n += 1) parser.push("data: xxxx\n");
    }).toThrow(RangeError);
  });
});

it("a body is read as events, and leaving the loop cancels it", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\ndata: 2\n\n")),
    cancel: () => void (cancelled = true),
  });
  for await (const { data } of streamEvents(body)) if (data === "2") break;
  expect(cancelled).toBe(true);
});

it("a body gives the events that come before one that is too long", async () => {
  const bytes = new TextEncoder().encode(`data: 1\n\ndata: 2\n\ndata: ${"x".repeat(200)}\n\n`);
  const body = new ReadableStream<Uint8Array>({ start: (it) => it.enqueue(bytes) });
  const seen: string[] = [];
  const read = async () => {
    for await (const { data } of streamEvents(body, { maxEventLength: 100 })) seen.push(data);
  };
  await expect(read()).rejects.toThrow(RangeError);
  expect(seen).toEqual(["1", "2"]);
});

it("a line in many chunks takes time in proportion", () => {
  const time = (chunks: number) => {
    const parser = new EventParser({ onEvent: () => {} }, { maxEventLength: Infinity });
    const start = performance.now();
    parser.push("data: ");
    for (let n = 0; n < chunks; n += 1) parser.push("xxxxxxxx");
    parser.push("\n\n");
    return performance.now() - start;
  };
  time(10_000);
  expect(time(400_000)).toBeLessThan(200 * time(20_000) + 200);
});
