// What a stream is asked for with: a fresh token, or a bearer, before each attempt.

import { expect, it } from "vitest";
import { follow, last, OPEN } from "./follow.js";
import { serve } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

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

it("takes a stream that opened for a token that was good", async () => {
  const nothing = stream("", "end");
  const server = await serve(status(401), nothing, status(401), nothing, stream("data: one\n\n"));
  const { data, until } = follow(server.url("/s"), { mint: async () => "/s?token=t" });
  await until(() => data.length === 1);
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

it("an attempt that was given up changes nothing when its mint comes back", async () => {
  const server = await serve(stream(`${OPEN}data: one\n\n`), stream(`${OPEN}data: two\n\n`));
  const late: ((minted: string) => void)[] = [];
  const { data, until } = follow(server.url("/s"), {
    heartbeatTimeout: 1_000,
    mint: () =>
      late.length ? Promise.resolve("/s?token=2") : new Promise((done) => late.push(done)),
  });
  await until(() => data.length === 1);
  late[0]!("/s?token=1");
  await until(() => data.length === 2);
  expect(server.seen.map(({ url }) => url)).toEqual(["/s?token=2", "/s?token=2"]);
});
