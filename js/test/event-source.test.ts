// SecureEventSource over real sockets, with fetch: what it does when its stream is cut, refused, ended.

import { afterEach, expect, it } from "vitest";
import { SecureEventSource, type SecureEventSourceInit, type Status } from "../src/index.js";
import { ScriptedServer, status, stream } from "./scripted-server.js";

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function serve(...answers: Parameters<typeof ScriptedServer.start>) {
  const server = await ScriptedServer.start(...answers);
  ended.push(() => server.stop());
  return server;
}

/** A source in a hurry, and all that it tells. */
function follow(url: string, init: SecureEventSourceInit = {}) {
  const statuses: Status[] = [];
  const data: string[] = [];
  const hurry = { base: 10, cap: 40, floor: 1 };
  const source = new SecureEventSource(url, {
    ...hurry,
    ...init,
    onstatus: (it) => statuses.push(it),
  });
  source.onmessage = (event) => data.push(event.data);
  ended.push(() => source.close());
  const until = async (holds: () => boolean) => {
    const end = Date.now() + 5_000;
    while (!holds()) {
      if (Date.now() > end) throw new Error(`never: ${JSON.stringify({ statuses, data })}`);
      await new Promise((done) => setTimeout(done, 2));
    }
  };
  const closed = () => until(() => source.readyState === 2);
  return { source, statuses, data, until, closed };
}

const OPEN = 'retry: 5\nevent: sse.open\nid: sser1.k.s.0.t.0\ndata: {"v":1,"gap":null}\n\n';
const COMPLETE = 'event: sse.close\ndata: {"v":1,"reason":"complete"}\n\n';
const last = <T>(items: T[]): T => items[items.length - 1]!;

it("mints before each attempt on a strict route, and says where it is", async () => {
  const server = await serve(
    stream("id: 1\ndata: one\n\n", "end"),
    stream("id: 2\ndata: two\n\n", "reset"),
    stream("id: 3\ndata: three\n\n"),
  );
  const asked: string[] = [];
  const { data, until } = follow(server.url("/s"), {
    mint: async ({ lastEventId, resumes }) => {
      asked.push(`${lastEventId} ${resumes}`);
      return { sse_token: `t${asked.length}`, stream_url: "/s" };
    },
  });
  await until(() => data.length === 3);
  expect(data).toEqual(["one", "two", "three"]);
  expect(asked).toEqual([" false", "1 true", "2 true"]);
  expect(server.seen.map(({ url }) => url)).toEqual(["/s?token=t1", "/s?token=t2", "/s?token=t3"]);
});

it("goes on with the same URL and the last id where the server resumes", async () => {
  const server = await serve(
    stream(`${OPEN}id: sser1.k.s.0.t.1\ndata: one\n\nid: sser1.k.s.0.t.2\nda`, "reset"),
    stream(`${OPEN}id: sser1.k.s.1.t.2\ndata: two\n\n${COMPLETE}`),
  );
  let mints = 0;
  const { data, statuses, closed } = follow(server.url("/s"), {
    mint: async () => `/s?token=t${++mints}`,
  });
  await closed();
  expect(data).toEqual(["one", "two"]);
  expect(mints).toBe(1);
  expect(server.seen[1]!.headers["last-event-id"]).toBe("sser1.k.s.0.t.1");
  expect(last(statuses)).toMatchObject({ state: "closed", reason: "complete" });
});

it("mints anew when the server refuses to resume", async () => {
  const server = await serve(
    stream(`${OPEN}data: one\n\n`, "end"),
    status(401),
    stream("data: two\n\n"),
  );
  let mints = 0;
  const { data, until } = follow(server.url("/s"), { mint: async () => `/s?token=t${++mints}` });
  await until(() => data.length === 2);
  expect(server.seen.map(({ url }) => url)).toEqual(["/s?token=t1", "/s?token=t1", "/s?token=t2"]);
});

it("mints anew each time that the server refuses to resume, if events came between", async () => {
  const one = stream(`${OPEN}data: one\n\n`, "end");
  const server = await serve(one, status(401), one, status(401), one, status(401), one);
  let mints = 0;
  const { data, until } = follow(server.url("/s"), { mint: async () => `/s?token=t${++mints}` });
  await until(() => data.length === 4);
  expect(mints).toBe(4);
});

it("takes a stream that opened for a token that was good", async () => {
  const nothing = stream("", "end");
  const server = await serve(status(401), nothing, status(401), nothing, stream("data: one\n\n"));
  const { data, until } = follow(server.url("/s"), { mint: async () => "/s?token=t" });
  await until(() => data.length === 1);
});

it("counts failures from the last event on", async () => {
  const one = stream("data: one\n\n", "end");
  const server = await serve(status(502), status(502), one, status(502), one);
  const numbers: number[] = [];
  const { data, until } = follow(server.url("/s"), {
    mint: async ({ number }) => {
      numbers.push(number);
      return "/s";
    },
  });
  await until(() => data.length === 2);
  expect(numbers.slice(0, 5)).toEqual([1, 2, 3, 2, 3]);
});

it.each([
  [401, "unauthorized", 2],
  [403, "forbidden", 1],
  [404, "not_found", 1],
  [410, "not_found", 1],
  [405, "rejected", 1],
  [204, "no_content", 1],
  [301, "redirected", 1],
])("H8: ends at %i as %s", async (code, reason, attempts) => {
  const server = await serve(status(code, { Location: "http://127.0.0.1:9/" }));
  const { statuses, closed } = follow(server.url("/s"), { mint: async () => "/s?token=t" });
  await closed();
  expect(last(statuses)).toMatchObject({ state: "closed", reason, retryAt: null });
  expect(server.seen.length).toBe(attempts);
});

it.each([500, 502, 504, 408, 425])("comes back after %i", async (code) => {
  const server = await serve(status(code), stream("data: one\n\n"));
  const { data, statuses, until } = follow(server.url("/s"));
  await until(() => data.length === 1);
  expect(statuses.find((it) => it.state === "waiting")?.reason).toBe("server_error");
});

it.each([429, 503])("waits after %i as long as the server asks", async (code) => {
  const server = await serve(status(code, { "Retry-After": "1" }), stream("data: one\n\n"));
  const { statuses, until } = follow(server.url("/s"));
  await until(() => statuses.some((it) => it.state === "waiting"));
  const { reason, retryAt } = last(statuses);
  expect(reason).toBe("busy");
  expect(retryAt! - Date.now()).toBeGreaterThan(900);
});

it("H8: ends at an answer that is no stream", async () => {
  const server = await serve((response) => void response.end("<html>"));
  const { statuses, closed } = follow(server.url("/s"));
  await closed();
  expect(last(statuses).reason).toBe("not_a_stream");
});

it("says that a mint was refused, and does not open a stream", async () => {
  const server = await serve(status(200));
  const mint = async () => {
    throw Object.assign(new Error("no such thing"), { status: 404 });
  };
  const { statuses, closed } = follow(server.url("/s"), { mint });
  await closed();
  expect(last(statuses)).toMatchObject({
    reason: "not_found",
    error: { message: "no such thing" },
  });
  expect(server.seen).toEqual([]);
});

it("tries again after a mint that threw, and ends when it returns null", async () => {
  let mints = 0;
  const { statuses, closed } = follow("http://127.0.0.1:9/", {
    mint: async () => {
      if (++mints < 3) throw new Error("not yet");
      return null;
    },
  });
  await closed();
  expect(statuses.map((it) => it.reason)).toEqual([null, "mint", null, "mint", null, "declined"]);
});

it("H8: follows no redirect, to which it would take its credential", async () => {
  const other = await serve(stream("data: one\n\n"));
  const server = await serve(status(307, { Location: other.url("/s") }));
  const headers = () => ({ Authorization: "Bearer one" });
  const { statuses, closed } = follow(server.url("/s"), { headers });
  await closed();
  expect(last(statuses).reason).toBe("redirected");
  expect(other.seen).toEqual([]);
});

it("H8: asks for the bearer before each attempt", async () => {
  const server = await serve(stream("id: 1\ndata: one\n\n", "end"), stream("data: two\n\n"));
  let bearers = 0;
  const { data, until } = follow(server.url("/s"), {
    headers: () => ({ Authorization: `Bearer ${++bearers}` }),
  });
  await until(() => data.length === 2);
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer 1", "Bearer 2"]);
  expect(server.seen.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "1"]);
});

it.each(["revoked", "reuse", "displaced"])(
  "ends when the session is closed as %s",
  async (reason) => {
    const server = await serve(
      stream(`${OPEN}event: sse.close\ndata: {"v":1,"reason":"${reason}"}\n\n`),
    );
    const { statuses, closed } = follow(server.url("/s"), { mint: async () => "/s?token=t" });
    await closed();
    expect(last(statuses).reason).toBe(reason);
  },
);

it.each(["deadline", "idle", "rollback"])(
  "mints anew when the session ends by %s, and shows the number of its id alone",
  async (reason) => {
    const close = `event: sse.close\ndata: {"v":1,"reason":"${reason}"}\n\n`;
    const one = "id: sser1.k.s.0.t.z\ndata: one\n\n";
    const server = await serve(stream(OPEN + one + close), stream("data: two\n\n"));
    const asked: string[] = [];
    const { data, until } = follow(server.url("/s"), {
      mint: async ({ lastEventId }) => {
        asked.push(lastEventId);
        return `/s?token=t${asked.length}`;
      },
    });
    await until(() => data.length === 2);
    expect(asked).toEqual(["", "35"]);
    expect(server.seen[1]!.headers["last-event-id"]).toBe("35");
  },
);

it("takes a reason that it does not know for the end", async () => {
  const server = await serve(stream(`event: sse.close\ndata: {"v":2,"reason":"moon"}\n\n`));
  const { statuses, closed } = follow(server.url("/s"));
  await closed();
  expect(last(statuses).reason).toBe("closed");
});

it("says that the work failed", async () => {
  const server = await serve(
    stream(`${OPEN}event: sse.error\ndata: {"v":1,"reason":"internal"}\n\n`),
  );
  const { statuses, closed } = follow(server.url("/s"));
  await closed();
  expect(last(statuses).reason).toBe("failed");
});

it("waits when it is asked to, and goes on", async () => {
  const wait = 'retry: 7\nevent: sse.wait\nid: sser1.k.s.0.t.0\ndata: {"v":1}\n\n';
  const server = await serve(stream(OPEN, "end"), stream(wait), stream(`${OPEN}data: one\n\n`));
  const { data, statuses, until } = follow(server.url("/s"));
  await until(() => data.length === 1);
  expect(statuses.map((it) => it.reason).filter(Boolean)).toEqual(["ended", "busy"]);
});

it("tells a gap of either kind by one event", async () => {
  const open = 'event: sse.open\ndata: {"v":1,"gap":{"from":2,"to":5}}\n\n';
  const gap = 'event: sse.gap\ndata: {"v":1,"from":7,"to":9}\n\n';
  const server = await serve(stream(open + gap));
  const { source, until } = follow(server.url("/s"));
  const gaps: { from: number; to: number }[] = [];
  source.addEventListener("sse.gap", ({ data }) => gaps.push(JSON.parse(data)));
  await until(() => gaps.length === 2);
  expect(gaps).toMatchObject([
    { from: 2, to: 5 },
    { from: 7, to: 9 },
  ]);
});

it("comes back when no byte comes for too long", async () => {
  const server = await serve(stream("data: one\n\n"), stream("data: two\n\n"));
  const { data, statuses, until } = follow(server.url("/s"), { heartbeatTimeout: 60 });
  await until(() => data.length === 2);
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

it("hangs up when the server says that it is over", async () => {
  let isOpen = true;
  const server = await serve((response) => {
    response.on("close", () => (isOpen = false));
    stream(OPEN + COMPLETE)(response, server.seen[0]!);
  });
  const { closed, until } = follow(server.url("/s"));
  await closed();
  await until(() => !isOpen);
});

it("fires an error when it is lost, and when it is over", async () => {
  const server = await serve(stream("data: one\n\n", "end"), status(404));
  const { source, closed } = follow(server.url("/s"));
  const states: number[] = [];
  source.onerror = () => states.push(source.readyState);
  await closed();
  expect(states).toEqual([SecureEventSource.CONNECTING, SecureEventSource.CLOSED]);
});

it("gives up after so many failures in a row", async () => {
  const server = await serve(status(502));
  const { statuses, closed } = follow(server.url("/s"), { maxAttempts: 3 });
  await closed();
  expect(server.seen.length).toBe(3);
  expect(last(statuses)).toMatchObject({ state: "closed", reason: "server_error" });
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

it("a mint that returns null needs no headers", async () => {
  let asked = 0;
  const headers = () => ({ Authorization: `Bearer ${++asked}` });
  const { statuses, closed } = follow("http://127.0.0.1:9/s", { mint: async () => null, headers });
  await closed();
  expect(last(statuses).reason).toBe("declined");
  expect(asked).toBe(0);
});

it("closed while it mints, it opens nothing", async () => {
  const server = await serve(stream("data: one\n\n"));
  let minted: (url: string) => void = () => {};
  let signal: AbortSignal | undefined;
  const { source, until } = follow(server.url("/s"), {
    mint: (attempt) => {
      signal = attempt.signal;
      return new Promise((done) => (minted = done));
    },
  });
  await until(() => signal !== undefined);
  source.close();
  expect(signal!.aborted).toBe(true);
  minted("/s?token=t");
  await new Promise((done) => setTimeout(done, 20));
  expect(server.seen).toEqual([]);
});

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
