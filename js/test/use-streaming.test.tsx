// useStreaming over real sockets: two steps, events, accumulation, cleanup.

import { setPage } from "./dom.js";
import { act, cleanup, render, renderHook } from "@testing-library/react";
import { StrictMode, useEffect } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MintError, StreamError, useStreaming, type ChatInit } from "../src/react/index.js";
import { chunks, done, LOG, STATUS } from "./chat-script.js";
import { demo, signIn } from "./demo-server.js";
import { cuttingProxy } from "./cutting-proxy.js";
import { fakeEventSource } from "./fake-event-source.js";
import { aMoment, COMPLETE, events, HURRY, json, opening, serve, until } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

afterEach(cleanup);

const ID = json({ stream_id: "s1", expires_in: 300 });
const WHOLE = opening(0) + chunks(0, 1, "Hello", ", ", "world") + done(3) + COMPLETE;

/** Callbacks that remember. */
function remember() {
  const seen = { texts: [] as string[], errors: [] as Error[], calls: [] as unknown[] };
  return {
    seen,
    onMessageChunk: (content: string, text: string) => {
      seen.texts.push(text);
      seen.calls.push(["message_chunk", content]);
    },
    onAgentStatus: (it: unknown) => seen.calls.push(["agent_status", it]),
    onRetrievalLog: (it: unknown) => seen.calls.push(["retrieval_log", it]),
    onDone: (it: { status: string }, text: string) => seen.calls.push(["done", it.status, text]),
    onError: (error: Error) => seen.errors.push(error),
  };
}

/** The hook on a page of this server. */
async function over(answers: Parameters<typeof serve>, init: ChatInit = {}) {
  const server = await serve(...answers);
  setPage(server.origin);
  const hook = renderHook(() => useStreaming({ stream: HURRY, ...init }), { wrapper: StrictMode });
  const paths = () => server.seen.map(({ method, url }) => `${method} ${url}`);
  return { server, paths, ...hook };
}

const TWO_STEPS = ["POST /api/chat/stream/initiate", "GET /api/chat/stream/s1"];

describe("the two steps", () => {
  it("send the message in a body, and open the stream of its id", async () => {
    const { server, paths, result } = await over([ID, stream(WHOLE)]);
    await result.current.sendStreamingMessage("a secret question", "session-1", remember());
    expect(paths()).toEqual(TWO_STEPS);
    expect(JSON.parse(server.seen[0]!.body)).toEqual({
      message: "a secret question",
      session_id: "session-1",
    });
    expect(paths().join()).not.toContain("secret");
  });

  it("take other URLs, and the headers of the latest render", async () => {
    const init = {
      initiateUrl: "/ask",
      streamUrl: (id: string) => `/answers/${id}`,
      headers: vi.fn(async () => ({ Authorization: "Bearer j" })),
    };
    const { server, paths, result } = await over([ID, stream(WHOLE)], init);
    await result.current.sendStreamingMessage("q", "s", remember());
    expect(paths()).toEqual(["POST /ask", "GET /answers/s1"]);
    expect(server.seen[0]!.headers.authorization).toBe("Bearer j");
  });

  it.each([
    [true, "include"],
    [false, "same-origin"],
  ])("send cookies to another origin if they should: %s", async (withCredentials, credentials) => {
    const spy = vi.spyOn(globalThis, "fetch");
    const { result } = await over([ID, stream(WHOLE)], { stream: { ...HURRY, withCredentials } });
    await result.current.sendStreamingMessage("q", "s");
    expect(spy.mock.calls.map(([, init]) => init!.credentials)).toEqual([credentials, credentials]);
    spy.mockRestore();
  });

  it("end with an error if the message is refused", async () => {
    const { paths, result } = await over([json({ detail: "too long" }, 413)]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.errors[0]).toBeInstanceOf(MintError);
    expect(callbacks.seen.errors).toMatchObject([{ status: 413, message: "too long" }]);
    expect(paths()).toEqual([TWO_STEPS[0]]);
  });

  it("open the stream over the native EventSource, if there is one", async () => {
    const made = fakeEventSource();
    const { result } = await over([ID]);
    const callbacks = remember();
    void result.current.sendStreamingMessage("q", "s", callbacks);
    await until(() => made.length === 1);
    const says = (type: string, data: unknown) =>
      made[0]!.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
    made[0]!.opens();
    says("message_chunk", { content: "Hi" });
    says("done", { status: "completed", chunks: 1, sources: [] });
    await until(() => callbacks.seen.calls.length === 2);
    expect(callbacks.seen.texts).toEqual(["Hi"]);
    expect(made[0]!.close).toHaveBeenCalled();
  });
});

describe("the events", () => {
  it("go to their callbacks, in order", async () => {
    const answer =
      opening(0) +
      events(["agent_status", STATUS], ["retrieval_log", LOG]) +
      chunks(0, 3, "Hi") +
      done(1) +
      COMPLETE;
    const { result } = await over([ID, stream(answer)]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.calls).toEqual([
      ["agent_status", STATUS],
      ["retrieval_log", LOG],
      ["message_chunk", "Hi"],
      ["done", "completed", "Hi"],
    ]);
    expect(callbacks.seen.errors).toEqual([]);
  });

  it("may have no callback", async () => {
    const { result } = await over([ID, stream(WHOLE)]);
    await result.current.sendStreamingMessage("q", "s");
    await until(() => !result.current.isStreaming);
  });

  it("accumulate the text", async () => {
    const { result } = await over([ID, stream(WHOLE)]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.texts).toEqual(["Hello", "Hello, ", "Hello, world"]);
  });

  it("accumulate anew for each message", async () => {
    const { result } = await over([ID, stream(WHOLE), ID, stream(WHOLE)]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.texts.at(-1)).toBe("Hello, world");
  });

  it("that are no JSON end the answer with an error", async () => {
    const { result } = await over([ID, stream("event: message_chunk\ndata: {\n\n")]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.errors).toMatchObject([{ name: "StreamError", reason: "malformed" }]);
  });
});

describe("a stream that breaks", () => {
  it("is resumed, and the text is neither doubled nor begun again", async () => {
    const { server, paths, result } = await over([
      ID,
      stream(`${opening(0)}${chunks(0, 1, "Hel", "lo")}event: message_chunk\ndata: {"con`, "reset"),
      status(502),
      stream(opening(1) + chunks(1, 3, ", ", "world") + done(4) + COMPLETE),
    ]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.texts).toEqual(["Hel", "Hello", "Hello, ", "Hello, world"]);
    expect(callbacks.seen.errors).toEqual([]);
    expect(paths()).toEqual([...TWO_STEPS, TWO_STEPS[1], TWO_STEPS[1]]);
    expect(server.seen[3]!.headers["last-event-id"]).toBe("sser1.k.s.0.t.2");
  });

  it("ends with an error where the server can't resume", async () => {
    const { paths, result } = await over([ID, stream(chunks(0, 1, "Hel"), "end")]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.errors[0]).toBeInstanceOf(StreamError);
    expect(callbacks.seen.errors).toMatchObject([{ reason: "ended" }]);
    expect(paths()).toEqual(TWO_STEPS);
  });

  it("ends with an error when the server refuses to resume", async () => {
    const { paths, result } = await over([
      ID,
      stream(opening(0) + chunks(0, 1, "Hel"), "end"),
      status(401),
    ]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.errors).toMatchObject([{ reason: "unauthorized" }]);
    expect(paths().length).toBe(3);
  });

  it("that was never open is asked for again with the same id", async () => {
    const { paths, result } = await over([ID, status(503), stream(WHOLE)]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.texts.at(-1)).toBe("Hello, world");
    expect(paths()).toEqual([...TWO_STEPS, TWO_STEPS[1]]);
  });

  it.each([
    ["an expired id", [status(401)], "unauthorized"],
    ["204 before done", [stream(opening(0), "end"), status(204)], "no_content"],
    ["revocation", [stream(events(["sse.close", { v: 1, reason: "revoked" }]))], "revoked"],
    ["a failure", [stream(events(["sse.error", { v: 1, reason: "internal" }]))], "failed"],
    ["a gap", [stream(events(["sse.gap", { v: 1, from: 1, to: 2 }]) + done(0))], "gap"],
    ["fewer pieces than were sent", [stream(opening(0) + chunks(0, 1, "a") + done(2))], "gap"],
  ])("for %s, ends with an error", async (_, answers, reason) => {
    const { result } = await over([ID, ...answers]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.errors).toMatchObject([{ reason }]);
    expect(callbacks.seen.calls).not.toContainEqual(expect.arrayContaining(["done"]));
  });

  it("is whole with sse.close, though it has no done", async () => {
    const { result } = await over([ID, stream(opening(0) + chunks(0, 1, "Hi") + COMPLETE)]);
    const callbacks = remember();
    await result.current.sendStreamingMessage("q", "s", callbacks);
    expect(callbacks.seen.calls.at(-1)).toEqual(["done", "completed", "Hi"]);
    expect(callbacks.seen.errors).toEqual([]);
  });
});

describe("the component", () => {
  it("sees isStreaming while an answer is on its way", async () => {
    const { result } = await over([ID, stream(opening(0)), json({})]);
    expect(result.current.isStreaming).toBe(false);
    const sent = result.current.sendStreamingMessage("q", "s", remember());
    await until(() => result.current.isStreaming);
    await act(() => result.current.stop());
    await sent;
    expect(result.current.isStreaming).toBe(false);
  });

  it("keeps both functions over renders", async () => {
    const { result, rerender } = await over([ID, stream(WHOLE)]);
    const before = result.current;
    await result.current.sendStreamingMessage("q", "s");
    rerender();
    expect(result.current.sendStreamingMessage).toBe(before.sendStreamingMessage);
    expect(result.current.stop).toBe(before.stop);
  });

  it("stops the answer on the server", async () => {
    const stopUrl = (id: string) => `/api/chat/stream/${id}/stop`;
    const headers = () => ({ Authorization: "Bearer j" });
    const open = opening(0) + chunks(0, 1, "Hi");
    const { server, paths, result } = await over([ID, stream(open), json({})], {
      stopUrl,
      headers,
    });
    const callbacks = remember();
    const sent = result.current.sendStreamingMessage("q", "s", callbacks);
    await until(() => callbacks.seen.texts.length === 1);
    await act(() => result.current.stop());
    await sent;
    expect(paths()).toEqual([...TWO_STEPS, "POST /api/chat/stream/s1/stop"]);
    expect(server.seen[2]!.headers.authorization).toBe("Bearer j");
    expect(callbacks.seen.errors).toEqual([]);
  });

  it("closes the stream when it is unmounted", async () => {
    let isClosed = false;
    const { result, unmount } = await over([
      ID,
      (response, seen) => {
        response.on("close", () => (isClosed = true));
        return stream(opening(0) + chunks(0, 1, "Hi"))(response, seen);
      },
    ]);
    const callbacks = remember();
    const sent = result.current.sendStreamingMessage("q", "s", callbacks);
    await until(() => callbacks.seen.texts.length === 1);
    unmount();
    await sent;
    await until(() => isClosed);
    expect(callbacks.seen.errors).toEqual([]);
  });

  it("unmounted while the message is sent, opens no stream", async () => {
    const { paths, result, unmount } = await over([() => {}]);
    const callbacks = remember();
    const sent = result.current.sendStreamingMessage("q", "s", callbacks);
    await until(() => paths().length === 1);
    unmount();
    await sent;
    await aMoment();
    expect(paths()).toEqual([TWO_STEPS[0]]);
    expect(callbacks.seen.errors).toEqual([]);
  });

  it("sends nothing after it was unmounted", async () => {
    const { paths, result, unmount } = await over([ID]);
    unmount();
    await result.current.sendStreamingMessage("q", "s", remember());
    await aMoment();
    expect(paths()).toEqual([]);
  });

  it("may send a message in the effect of a child, in strict mode too", async () => {
    const server = await serve((response, { method, url, headers, body }) =>
      (method === "POST" ? ID : stream(WHOLE))(response, { method, url, headers, body }),
    );
    setPage(server.origin);
    const callbacks = remember();
    const Child = ({ send }: { send: ReturnType<typeof useStreaming>["sendStreamingMessage"] }) => {
      useEffect(() => void send("q", "s", callbacks), [send]);
      return null;
    };
    const Page = () => <Child send={useStreaming({ stream: HURRY }).sendStreamingMessage} />;
    render(
      <StrictMode>
        <Page />
      </StrictMode>,
    );
    await until(() => callbacks.seen.calls.length === 4);
    await aMoment();
    expect(callbacks.seen.texts).toEqual(["Hello", "Hello, ", "Hello, world"]);
    expect(server.seen.filter(({ method }) => method === "GET").length).toBe(1);
  });

  it("leaves the earlier answer when it sends another message", async () => {
    const open = opening(0) + chunks(0, 1, "Hi");
    const { result } = await over([ID, stream(open), ID, stream(WHOLE)]);
    const [earlier, later] = [remember(), remember()];
    const sent = result.current.sendStreamingMessage("q", "s", earlier);
    await until(() => earlier.seen.texts.length === 1);
    await result.current.sendStreamingMessage("q", "s", later);
    await sent;
    expect(earlier.seen.texts).toEqual(["Hi"]);
    expect(earlier.seen.errors).toEqual([]);
    expect(later.seen.texts.at(-1)).toBe("Hello, world");
  });
});

it("asks again while a proxy has nothing but a time to come back", async () => {
  const later = stream("retry: 1\n\n", "end");
  const { paths, result } = await over([ID, later, later, stream(WHOLE)]);
  const callbacks = remember();
  await result.current.sendStreamingMessage("question", "session-1", callbacks);
  expect(callbacks.seen.errors).toEqual([]);
  expect(callbacks.seen.texts.at(-1)).toBe("Hello, world");
  expect(paths()).toEqual([...TWO_STEPS, TWO_STEPS[1], TWO_STEPS[1]]);
});

it("an answer of the demo is whole, however often it is cut", async () => {
  const origin = await demo("--pace", "5");
  const proxy = await cuttingProxy(origin, { cuts: 3, after: 1_000 });
  setPage(proxy.origin);
  const jwt = await signIn(origin);
  const init: ChatInit = { headers: () => ({ Authorization: `Bearer ${jwt}` }), stream: HURRY };
  const { result } = renderHook(() => useStreaming(init));
  const callbacks = remember();
  await result.current.sendStreamingMessage("What is a token?", "s", callbacks);
  expect(callbacks.seen.errors).toEqual([]);
  expect(proxy.cuts).toBe(3);
  const text = callbacks.seen.texts.at(-1)!;
  expect(callbacks.seen.calls.at(-1)).toEqual(["done", "completed", text]);
  expect(callbacks.seen.texts.length).toBeGreaterThan(10);
  expect(text).toContain("The repository's documents say:");
});
