// SecureEventSource over real sockets, with fetch: its interface, silence, and its end by the page.

import { expect, it, vi } from "vitest";
import { SecureEventSource } from "../src/index.js";
import { follow } from "./follow.js";
import { atEnd, serve } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

it("comes back when no byte comes for too long", async () => {
  const server = await serve(stream("data: one\n\n"), stream("data: two\n\n"));
  const { data, statuses, until } = follow(server.url("/s"), { heartbeatTimeout: 60 });
  await until(() => data.length === 2);
  expect(statuses.map((it) => it.reason)).toContain("timeout");
});

it("counts silence from the answer's head on, however long the mint took", async () => {
  vi.useFakeTimers();
  atEnd(() => vi.useRealTimers());
  const wait = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);
  const headers = { "Content-Type": "text/event-stream" };
  const { source, statuses } = follow("http://127.0.0.1:9/s", {
    mint: () => new Promise((done) => setTimeout(done, 20_000, "/s?token=t")),
    fetch: async () => new Response(new ReadableStream(), { headers }),
  });
  await wait(21);
  expect(source.status.state).toBe("open");
  await wait(43);
  expect(source.status.state).toBe("open");
  await wait(2);
  expect(statuses.map((it) => it.reason)).toContain("timeout");
});

it("is not lost when its page was too busy to read what came in time", async () => {
  vi.useFakeTimers();
  atEnd(() => vi.useRealTimers());
  let push = () => {};
  const body = new ReadableStream({
    start: (controller) => void (push = () => controller.enqueue(new TextEncoder().encode(":\n"))),
  });
  const headers = { "Content-Type": "text/event-stream" };
  const { source, statuses } = follow("http://127.0.0.1:9/s", {
    fetch: async () => new Response(body, { headers }),
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(source.status.state).toBe("open");
  push();
  // No promise is settled meanwhile.
  vi.advanceTimersByTime(45_000);
  await vi.advanceTimersByTimeAsync(44_000);
  expect(statuses.map((it) => it.reason)).not.toContain("timeout");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(statuses.map((it) => it.reason)).toContain("timeout");
});

it("is kept open by comments", async () => {
  const server = await serve((response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    let left = 20;
    const timer = setInterval(() => {
      response.write(left > 0 ? ":\n" : "data: end\n\n");
      if (left-- === 0) clearInterval(timer);
    }, 100);
  });
  const { data, statuses, until } = follow(server.url("/s"), { heartbeatTimeout: 1_500 });
  await until(() => data.length === 1);
  expect(statuses.map((it) => it.reason)).not.toContain("timeout");
});

it("fires an error when it is lost, and when it is over", async () => {
  const server = await serve(stream("data: one\n\n", "end"), status(404));
  const { source, closed } = follow(server.url("/s"));
  const states: number[] = [];
  source.onerror = () => states.push(source.readyState);
  await closed();
  expect(states).toEqual([SecureEventSource.CONNECTING, SecureEventSource.CLOSED]);
});

it("closed, it tells nothing any more", async () => {
  const server = await serve(stream("data: one\n\ndata: two\n\n"));
  const { source, data, statuses, until } = follow(server.url("/s"));
  source.onmessage = (event) => {
    data.push(event.data);
    source.close();
  };
  await until(() => source.readyState === 2);
  const before = statuses.length;
  await new Promise((done) => setTimeout(done, 30));
  expect(data).toEqual(["one"]);
  expect(statuses.length).toBe(before);
});

it("closed at once, it asks for nothing", async () => {
  const server = await serve(stream("data: one\n\n"));
  const { source, statuses } = follow(server.url("/s"));
  source.close();
  await new Promise((done) => setTimeout(done, 20));
  expect(server.seen).toEqual([]);
  expect(statuses).toEqual([]);
});

it.each(["open", "waiting"])(
  "closed when it is told that it is %s, it fires nothing",
  async (state) => {
    const server = await serve(stream("data: one\n\n", "end"));
    const { source, until } = follow(server.url("/s"));
    const fired: string[] = [];
    for (const type of ["open", "error"]) source.addEventListener(type, () => fired.push(type));
    source.onstatus = (status) => status.state === state && source.close();
    await until(() => source.readyState === 2);
    expect(fired).toEqual(state === "open" ? [] : ["open"]);
  },
);

it("has the interface of an EventSource", async () => {
  const server = await serve(stream("event: greeting\nid: 7\ndata: hello\n\n"));
  const { source, until } = follow(server.url("/s"));
  const seen: unknown[] = [];
  source.onopen = ({ type }) => seen.push(type, source.readyState);
  source.addEventListener("greeting", ({ type, data, lastEventId, origin }) =>
    seen.push(type, data, lastEventId, origin),
  );
  expect(source.readyState).toBe(SecureEventSource.CONNECTING);
  await until(() => seen.length === 6);
  expect(seen).toEqual(["open", source.OPEN, "greeting", "hello", "7", server.origin]);
  expect(source.url).toBe(server.url("/s"));
});

it("closed when it is told that it connects, it asks for nothing, and stays closed", async () => {
  let mints = 0;
  const { source, statuses, until } = follow("http://127.0.0.1:9/s", {
    mint: async () => `/s?token=${++mints}`,
    heartbeatTimeout: 20,
  });
  source.onstatus = (status) => {
    statuses.push(status);
    source.close();
  };
  await until(() => source.readyState === 2);
  await new Promise((done) => setTimeout(done, 80));
  expect(statuses.map(({ state }) => state)).toEqual(["connecting"]);
  expect(source.status.state).toBe("closed");
  expect(mints).toBe(0);
});

it("goes on from an id that came without an event", async () => {
  const server = await serve(
    stream("id: 1\ndata: one\n\nid: 2\n\nid: 3", "end"),
    stream("data: two\n\n"),
  );
  const { data, until } = follow(server.url("/s"));
  await until(() => data.length === 2);
  expect(server.seen[1]!.headers["last-event-id"]).toBe("2");
});
