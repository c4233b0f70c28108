// A stream that the server can resume, and how the server ends it.

import { expect, it } from "vitest";
import { follow, last, OPEN } from "./follow.js";
import { COMPLETE, serve } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

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
