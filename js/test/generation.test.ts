// GenerationMonitor: with a faked EventSource, and over real sockets.

import { describe, expect, it, vi } from "vitest";
import {
  GenerationMonitor,
  GenerationService,
  getSSEToken,
  KeyMetrics,
  MintError,
  StreamError,
  type StreamingProgressEvent,
  type Track,
} from "../src/generation/index.js";
import { fakeEventSource } from "./fake-event-source.js";
import { aMoment, atEnd, events, HURRY, json, serve, until } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

const TOKEN = {
  sse_token: "short-lived-token",
  expires_in: 60,
  stream_url: "/generations/gen-123/stream",
  generation_id: "gen-123",
};
const JWT = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl";

function record(progress: number, status: StreamingProgressEvent["status"] = "processing") {
  const stage = "schema_extraction";
  return { generation_id: "gen-123", status, stage, progress, message: "…", timestamp: 1 };
}

/** A monitor with a mocked service, and the EventSources that it makes. */
function faked(getSSEToken = vi.fn(async () => TOKEN)) {
  const made = fakeEventSource();
  const service = { getSSEToken, baseUrl: "http://127.0.0.1:9" };
  const track = vi.fn<Track>();
  const monitor = new GenerationMonitor("gen-123", { service, track, ...HURRY });
  atEnd(() => monitor.stopStreaming());
  return { monitor, made, getSSEToken, track, names: () => track.mock.calls.map(([name]) => name) };
}

describe("with a faked EventSource, GenerationMonitor", () => {
  it("fetches an SSE token before connecting", async () => {
    const { monitor, made, getSSEToken } = faked();
    await monitor.startStreaming(vi.fn());
    expect(getSSEToken).toHaveBeenCalledWith("gen-123", expect.anything());
    await until(() => made.length === 1);
    expect(getSSEToken).toHaveBeenCalledTimes(1);
  });

  it("does not use the JWT in the EventSource URL", async () => {
    const { monitor, made } = faked();
    await monitor.startStreaming(vi.fn());
    await until(() => made.length === 1);
    expect(made[0]!.url).toBe(
      "http://127.0.0.1:9/generations/gen-123/stream?token=short-lived-token",
    );
    expect(made[0]!.url).not.toContain("eyJhbGci");
  });

  it("H8: sends no token to another origin than the service's, the first one neither", async () => {
    const token = { ...TOKEN, stream_url: "http://127.0.0.2:9/s" };
    const { monitor, made } = faked(vi.fn(async () => token));
    const onError = vi.fn<(error: Error) => void>();
    await monitor.startStreaming(vi.fn(), onError);
    await until(() => onError.mock.calls.length > 0);
    expect(onError.mock.calls[0]![0]).toMatchObject({ name: "StreamError", reason: "mint" });
    expect(made).toEqual([]);
  });

  it("handles token fetch errors gracefully", async () => {
    const error = new Error("Failed to fetch SSE token");
    const { monitor, made } = faked(vi.fn(async () => Promise.reject(error)));
    const onError = vi.fn();
    await expect(monitor.startStreaming(vi.fn(), onError)).rejects.toThrow(
      "Failed to fetch SSE token",
    );
    expect(onError).toHaveBeenCalledExactlyOnceWith(error);
    expect(made).toEqual([]);
    expect(monitor.isStreaming()).toBe(false);
  });

  it("tells each record, and completes by the status alone", async () => {
    const { monitor, made } = faked();
    const calls: unknown[] = [];
    await monitor.startStreaming(
      ({ progress }) => calls.push(progress),
      (error) => calls.push(error),
      () => calls.push("complete"),
    );
    await until(() => made.length === 1);
    expect(monitor.isStreaming()).toBe(false);
    made[0]!.opens();
    expect(monitor.isStreaming()).toBe(true);
    made[0]!.says(record(0.5));
    made[0]!.says(record(1, "completed"));
    made[0]!.says(record(1, "completed"));
    expect(calls).toEqual([0.5, 1, "complete"]);
    expect(made[0]!.close).toHaveBeenCalled();
    expect(monitor.isStreaming()).toBe(false);
  });

  it("completes by failed, too, though onProgress throws", async () => {
    const { monitor, made } = faked();
    const onComplete = vi.fn();
    const uncaught = vi.fn();
    process.once("uncaughtException", uncaught);
    const onProgress = () => {
      throw new Error("of the page");
    };
    await monitor.startStreaming(onProgress, vi.fn(), onComplete);
    await until(() => made.length === 1);
    made[0]!.says(record(0.3, "failed"));
    expect(onComplete).toHaveBeenCalledOnce();
    await until(() => uncaught.mock.calls.length === 1);
    expect(uncaught.mock.calls[0]![0]).toMatchObject({ message: "of the page" });
  });

  it.each(["{", "null", '"text"'])("tells the record %s once, and goes on", async (text) => {
    const { monitor, made } = faked();
    const [onProgress, onError] = [vi.fn(), vi.fn()];
    await monitor.startStreaming(onProgress, onError);
    await until(() => made.length === 1);
    made[0]!.opens();
    made[0]!.saysText(text);
    made[0]!.says(record(0.5));
    expect(onError).toHaveBeenCalledOnce();
    expect(onProgress).toHaveBeenCalledOnce();
    expect(monitor.isStreaming()).toBe(true);
  });

  it("stopped, it calls nothing any more", async () => {
    const { monitor, made } = faked();
    const callback = vi.fn();
    await monitor.startStreaming(callback, callback, callback);
    await until(() => made.length === 1);
    monitor.stopStreaming();
    made[0]!.says(record(1, "completed"));
    made[0]!.fails();
    await aMoment();
    expect(callback).not.toHaveBeenCalled();
    expect(made.length).toBe(1);
  });

  it("stopped while it asks for the first token, it opens nothing", async () => {
    const { monitor, made } = faked();
    const started = monitor.startStreaming(vi.fn());
    monitor.stopStreaming();
    await started;
    await aMoment();
    expect(made).toEqual([]);
  });

  it("started again, it stops the earlier stream", async () => {
    const { monitor, made, getSSEToken } = faked();
    const [earlier, later] = [vi.fn(), vi.fn()];
    await monitor.startStreaming(earlier);
    await until(() => made.length === 1);
    await monitor.startStreaming(later);
    await until(() => made.length === 2);
    expect(made[0]!.close).toHaveBeenCalled();
    for (const source of made) source.says(record(0.5));
    expect(earlier).not.toHaveBeenCalled();
    expect(later).toHaveBeenCalledOnce();
    expect(getSSEToken).toHaveBeenCalledTimes(2);
  });

  it("tracks what the seed names, and no token", async () => {
    const { monitor, made, track, names } = faked();
    await monitor.startStreaming(vi.fn());
    await until(() => made.length === 1);
    made[0]!.opens();
    made[0]!.fails();
    await until(() => names().filter((name) => name === "sse_token_requested").length === 2);
    monitor.stopStreaming();
    expect(names().slice(0, 5)).toEqual([
      "sse_token_requested",
      "sse_connection_established",
      "sse_connection_error",
      "sse_connection_closed",
      "sse_token_requested",
    ]);
    const [requested, , failed, closed, again] = track.mock.calls.map(([, it]) => it);
    const generation_id = "gen-123";
    expect(requested).toEqual({ generation_id, retry_count: 0, timestamp: expect.any(Number) });
    expect(failed).toMatchObject({ generation_id, error: "lost", retry_count: 0 });
    expect(closed).toMatchObject({ duration_ms: expect.any(Number) });
    expect(again).toMatchObject({ retry_count: 1 });
    expect(JSON.stringify(track.mock.calls)).not.toContain(TOKEN.sse_token);
  });
});

/** A service and a monitor of a scripted server. */
async function over(...answers: Parameters<typeof serve>) {
  const server = await serve(...answers);
  const service = new GenerationService({ baseUrl: server.origin, accessToken: async () => JWT });
  const metrics = new KeyMetrics();
  const monitor = new GenerationMonitor("gen-123", { service, track: metrics.track, ...HURRY });
  atEnd(() => monitor.stopStreaming());
  const seen = { progress: [] as number[], errors: [] as Error[], completed: 0 };
  const start = () =>
    monitor.startStreaming(
      ({ progress }) => seen.progress.push(progress),
      (error) => seen.errors.push(error),
      () => (seen.completed += 1),
    );
  return { server, service, monitor, metrics, seen, start };
}

const token = (n: number) => json({ ...TOKEN, sse_token: `t${n}` });
const progress = (at: number, id: string) => events(["", record(at), id]);
const completed = events(["", record(1, "completed"), "9"]);

describe("over real sockets, GenerationMonitor", () => {
  it("mints anew for each retry, and goes on from the last event", async () => {
    const { server, seen, start } = await over(
      token(1),
      stream(progress(0.1, "1") + progress(0.2, "2"), "end"),
      token(2),
      stream(`${progress(0.3, "3")}id: 4\ndata: {"prog`, "reset"),
      token(3),
      stream(progress(0.4, "4") + completed),
    );
    await start();
    await until(() => seen.completed === 1);
    expect(seen).toEqual({ progress: [0.1, 0.2, 0.3, 0.4, 1], errors: [], completed: 1 });
    const posts = server.seen.filter(({ method }) => method === "POST");
    expect(posts.map(({ url }) => url)).toEqual(
      Array(3).fill("/generations/generate/gen-123/stream-token"),
    );
    expect(posts.map(({ body }) => JSON.parse(body))).toEqual([
      {},
      { last_event_id: "2" },
      { last_event_id: "3" },
    ]);
    expect(posts.every(({ headers }) => headers.authorization === `Bearer ${JWT}`)).toBe(true);
    const opened = server.seen.filter(({ method }) => method === "GET").map(({ url }) => url);
    expect(opened).toEqual([1, 2, 3].map((n) => `/generations/gen-123/stream?token=t${n}`));
    expect(server.seen.some(({ url }) => url.includes("eyJ"))).toBe(false);
  });

  it("gives up after three retries, and says why", async () => {
    const { server, seen, start, metrics } = await over((response, { method }) =>
      (method === "POST" ? token(1) : status(502))(response, server.seen.at(-1)!),
    );
    await start();
    await until(() => seen.errors.length === 1);
    expect(seen.errors[0]).toBeInstanceOf(StreamError);
    expect(seen.errors[0]).toMatchObject({ reason: "server_error" });
    expect(seen.errors[0]!.message).toContain("gave up after 3 retries");
    expect(server.seen.filter(({ method }) => method === "POST").length).toBe(4);
    await aMoment();
    expect(seen.errors.length).toBe(1);
    expect(seen.completed).toBe(0);
    expect(metrics.summary()).toEqual({
      token_requests: 4,
      token_success_rate: 1,
      connection_error_rate: 1,
      average_connection_duration_ms: null,
      retry_rate: 3 / 4,
    });
  });

  it.each([401, 403, 404])("rejects when the first token is refused with %i", async (code) => {
    const { server, seen, start } = await over(json({ detail: "not for you" }, code));
    await expect(start()).rejects.toBeInstanceOf(MintError);
    expect(seen.errors).toMatchObject([{ status: code, message: "not for you" }]);
    expect(server.seen.length).toBe(1);
  });

  it("ends when a later token is refused", async () => {
    const { seen, start } = await over(token(1), stream(progress(0.1, "1"), "end"), status(403));
    await start();
    await until(() => seen.errors.length === 1);
    expect(seen.errors[0]).toMatchObject({ reason: "forbidden", cause: { status: 403 } });
  });

  it("gets another token when one has expired", async () => {
    const { seen, start, metrics } = await over(token(1), status(401), token(2), stream(completed));
    await start();
    await until(() => seen.completed === 1);
    expect(seen.errors).toEqual([]);
    expect(metrics.summary()).toMatchObject({ token_requests: 2, token_success_rate: 0.5 });
    expect(metrics.summary().average_connection_duration_ms).toBeGreaterThanOrEqual(0);
  });

  it("asks for the JWT each time, and keeps none", async () => {
    let asked = 0;
    const server = await serve(token(1));
    const init = { baseUrl: `${server.origin}/`, accessToken: () => `jwt-${++asked}` };
    const service = new GenerationService(init);
    await service.getSSEToken("a/b");
    await getSSEToken("a/b", init);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer jwt-1",
      "Bearer jwt-2",
    ]);
    expect(server.seen[0]!.url).toBe("/generations/generate/a%2Fb/stream-token");
    expect(JSON.stringify(service)).not.toContain("jwt");
  });
});
