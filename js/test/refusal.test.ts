// Answers that are no stream: which of them end it, and when it comes back.

import { expect, it, vi } from "vitest";
import { follow, last } from "./follow.js";
import { atEnd, serve } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

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
  const waits: number[] = [];
  const { statuses, until } = follow(server.url("/s"), {
    onstatus: ({ retryAt }) => void (retryAt !== null && waits.push(retryAt - Date.now())),
  });
  await until(() => waits.length > 0);
  expect(statuses.find((it) => it.state === "waiting")!.reason).toBe("busy");
  expect(waits[0]).toBeGreaterThan(900);
});

const REFUSED = { status: 503, message: "busy" };

it.each<[string, string | object]>([
  ["a date that is past by this clock", new Date(0).toUTCString()],
  ["no number of seconds", "-1"],
  ["negative in an error of the mint", { ...REFUSED, retryAfter: -300_000 }],
  ["no number in an error of the mint", { ...REFUSED, retryAfter: NaN }],
])("H6: waits longer after each failure where the time to wait is %s", async (_, value) => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  atEnd(() => vi.restoreAllMocks());
  const headers = typeof value === "string" ? { "Retry-After": value } : {};
  const server = await serve(status(503, headers));
  const waits: number[] = [];
  const { closed } = follow(server.url("/s"), {
    base: 100,
    cap: 400,
    maxAttempts: 3,
    mint: async () => {
      if (typeof value === "object") throw value;
      return "/s";
    },
    onstatus: ({ retryAt }) => void (retryAt !== null && waits.push(retryAt - Date.now())),
  });
  await closed();
  expect(waits[0]).toBeGreaterThan(90);
  expect(waits[1]).toBeGreaterThan(190);
});

it("H8: ends at an answer that is no stream", async () => {
  const server = await serve((response) => void response.end("<html>"));
  const { statuses, closed } = follow(server.url("/s"));
  await closed();
  expect(last(statuses).reason).toBe("not_a_stream");
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

it("gives up after so many failures in a row", async () => {
  const server = await serve(status(502));
  const { statuses, closed } = follow(server.url("/s"), { maxAttempts: 3 });
  await closed();
  expect(server.seen.length).toBe(3);
  expect(last(statuses)).toMatchObject({ state: "closed", reason: "server_error" });
});
