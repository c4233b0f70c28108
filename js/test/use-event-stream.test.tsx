// useEventStream over real sockets.

import { setPage } from "./dom.js";
import { act, cleanup, renderHook } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { useEventStream, type UseEventStreamInit } from "../src/react/index.js";
import { aMoment, events, HURRY, serve, until } from "./helpers.js";
import { status, stream } from "./scripted-server.js";

afterEach(cleanup);

/** The hook in strict mode on a page of this server, which counts its open streams. */
async function over(answers: Parameters<typeof serve>, init: Partial<UseEventStreamInit> = {}) {
  const open = new Set<string>();
  const counted = answers.map((answer): (typeof answers)[number] => (response, seen) => {
    open.add(seen.url);
    response.on("close", () => open.delete(seen.url));
    return answer(response, seen);
  });
  const server = await serve(...counted);
  setPage(server.origin);
  const first: UseEventStreamInit = { url: "/a", ...HURRY, ...init };
  const hook = renderHook((props: UseEventStreamInit) => useEventStream(props), {
    initialProps: first,
    wrapper: StrictMode,
  });
  const paths = () => server.seen.map(({ url }) => url);
  return { server, paths, open, first, ...hook };
}

const A = stream(events(["greeting", "hello", "1"]));
const B = stream(events(["", "from b"]));

it("opens one stream in strict mode, and gives its events of all names", async () => {
  const onEvent = vi.fn();
  const { result, paths } = await over([A], { onEvent });
  await until(() => result.current.lastEvent !== null);
  const { type, data, lastEventId } = result.current.lastEvent!;
  expect([type, data, lastEventId]).toEqual(["greeting", '"hello"', "1"]);
  expect(result.current.status.state).toBe("open");
  expect(onEvent).toHaveBeenCalledOnce();
  await aMoment();
  expect(paths()).toEqual(["/a"]);
});

it("closes the stream when it is unmounted", async () => {
  const { result, open, unmount } = await over([A]);
  await until(() => result.current.lastEvent !== null);
  expect(open.size).toBe(1);
  unmount();
  await until(() => open.size === 0);
});

it("opens another stream for another URL, and closes the first", async () => {
  const { result, open, paths, first, rerender } = await over([A, B]);
  await until(() => result.current.lastEvent !== null);
  rerender({ ...first, url: "/b" });
  expect(result.current.lastEvent).toBe(null);
  await until(() => result.current.lastEvent?.data === '"from b"');
  await until(() => open.size === 1);
  expect([...open]).toEqual(["/b"]);
  expect(paths()).toEqual(["/a", "/b"]);
});

it("keeps its stream over renders with new functions, and calls the newest", async () => {
  const [before, after] = [vi.fn(), vi.fn()];
  let tell = () => {};
  const { result, paths, first, rerender } = await over(
    [
      (response, seen) => {
        tell = () => void response.write("data: 2\n\n");
        return A(response, seen);
      },
    ],
    { onEvent: before },
  );
  await until(() => result.current.lastEvent !== null);
  const { close } = result.current;
  rerender({ ...first, onEvent: after });
  tell();
  await until(() => after.mock.calls.length === 1);
  expect(before).toHaveBeenCalledOnce();
  expect(result.current.close).toBe(close);
  expect(paths()).toEqual(["/a"]);
});

it("mints with the function of the latest render", async () => {
  const { paths, first, rerender } = await over([stream("", "end")], { mint: async () => "/old" });
  await until(() => paths().length > 0);
  rerender({ ...first, mint: async () => "/new" });
  await until(() => paths().includes("/new"));
  expect(paths()[0]).toBe("/old");
});

it("sends the headers of the latest render", async () => {
  let n = 0;
  const headers = () => ({ Authorization: `Bearer ${++n}` });
  const { server } = await over([stream("", "end"), A], { headers });
  await until(() => server.seen.length === 2);
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer 1", "Bearer 2"]);
});

it("says why there is no stream", async () => {
  const { result } = await over([status(403)]);
  await until(() => result.current.status.state === "closed");
  expect(result.current.status.reason).toBe("forbidden");
});

it("opens nothing until it is enabled, and closes when it is not", async () => {
  const { result, open, paths, first, rerender } = await over([A], { enabled: false });
  await aMoment();
  expect(paths()).toEqual([]);
  expect(result.current.status.state).toBe("closed");
  rerender({ ...first, enabled: true });
  await until(() => open.size === 1);
  rerender({ ...first, enabled: false });
  await until(() => open.size === 0);
  expect(result.current.status.state).toBe("closed");
});

it("is closed by its page", async () => {
  const { result, open } = await over([A]);
  await until(() => open.size === 1);
  act(() => result.current.close());
  expect(result.current.status).toMatchObject({ state: "closed", reason: null });
  await until(() => open.size === 0);
});

it("shows no event and no status under another URL, not even for one render", async () => {
  const renders: unknown[] = [];
  const server = await serve(A, B);
  setPage(server.origin);
  const hook = renderHook(
    (url: string) => {
      const { status, lastEvent } = useEventStream({ url, ...HURRY });
      renders.push([url, status.state, lastEvent?.data ?? null]);
      return lastEvent;
    },
    { initialProps: "/a" },
  );
  await until(() => hook.result.current !== null);
  renders.length = 0;
  hook.rerender("/b");
  expect(renders[0]).toEqual(["/b", "connecting", null]);
  await until(() => hook.result.current?.data === '"from b"');
  expect(renders.filter((it) => String(it).includes("hello"))).toEqual([]);
});
