// A server that means harm: what it can't do to the page.

import { expect, it } from "vitest";
import { follow, last } from "./follow.js";
import { serve } from "./helpers.js";
import { stream } from "./scripted-server.js";

/** Answers with a beginning, and this text again and again until the client hangs up. */
function endless(beginning: string, text: string, onLeft: () => void): Parameters<typeof serve>[0] {
  return (response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(beginning);
    const write = () => {
      while (!response.closed && response.write(text));
    };
    response.on("drain", write);
    response.on("close", onLeft);
    write();
  };
}

it.each([
  ["line", "data: ", "endless"],
  ["event", "", "data: endless\n"],
  ["comment", ":", "endless"],
])("H5: an endless %s ends the stream, and hangs up", async (_, beginning, text) => {
  let isLeft = false;
  const server = await serve(endless(beginning, text.repeat(100), () => (isLeft = true)));
  const { statuses, data, closed, until } = follow(server.url("/s"), { maxEventLength: 100_000 });
  await closed();
  expect(last(statuses)).toMatchObject({ state: "closed", reason: "too_long" });
  expect(data).toEqual([]);
  await until(() => isLeft);
});

it("H5: a flood of events stops when the page closes it, within the same piece", async () => {
  const server = await serve(endless("", "data: x\n\n".repeat(10_000), () => {}));
  const { source, until } = follow(server.url("/s"));
  let count = 0;
  source.onmessage = () => ++count === 12_345 && source.close();
  await until(() => source.readyState === 2);
  await new Promise((done) => setTimeout(done, 20));
  expect(count).toBe(12_345);
});

it.each(["999999999999999999999999", "9".repeat(400)])(
  "H6: a reconnection time of %s counts as an hour",
  async (retry) => {
    const server = await serve(stream(`retry: ${retry}\ndata: one\n\n`, "end"));
    const { statuses, until } = follow(server.url("/s"));
    await until(() => last(statuses)?.state === "waiting");
    const wait = last(statuses).retryAt! - Date.now();
    expect(wait).toBeGreaterThan(3_500_000);
    expect(wait).toBeLessThan(3_700_000);
  },
);

it.each(["-1", "1e3", "0x10", "5 ", "½", ""])(
  "H6: a reconnection time of %o is none",
  async (retry) => {
    const server = await serve(stream(`retry: ${retry}\ndata: one\n\n`, "end"));
    const { statuses, until } = follow(server.url("/s"));
    await until(() => last(statuses)?.state === "waiting");
    expect(last(statuses).retryAt! - Date.now()).toBeLessThan(1_000);
  },
);

it("H2: an id with a NUL is none, and no id begins a line of its own in a header", async () => {
  const ids = ["id: good", "id: a\0b", "id: c\rX-Injected: d", "id: good too"];
  const server = await serve(
    stream(`${ids.slice(0, 2).join("\n")}\ndata: one\n\n`, "end"),
    stream(`${ids[2]}\ndata: two\n\n`, "end"),
    stream(`${ids[3]}\ndata: three\n\n`),
  );
  const { data, until } = follow(server.url("/s"));
  await until(() => data.length === 3);
  const headers = server.seen.map(({ headers }) => headers);
  expect(headers.map((it) => it["last-event-id"])).toEqual([undefined, "good", "c"]);
  expect(headers.some((it) => "x-injected" in it)).toBe(false);
});

it("H7: what looks like an event of the library in the data of another one is only data", async () => {
  const text = 'event: sse.close\ndata: {"v":1,"reason":"revoked"}';
  const lines = text.replace(/^/gm, "data: ");
  const server = await serve(stream(`${lines}\n\ndata: __proto__\n\n`));
  const { source, data, until } = follow(server.url("/s"));
  await until(() => data.length === 2);
  expect(data[0]).toBe(text);
  expect(source.readyState).toBe(1);
});

it.each(["__proto__", "constructor", "toString"])(
  "H8: %s for a reason, a gap or a name changes no object",
  async (name) => {
    const json = `{"v":1,"reason":"${name}","${name}":{"gap":{"from":1}}}`;
    const open = `event: sse.open\ndata: ${json}\n\nevent: ${name}\ndata: ${json}\n\n`;
    const server = await serve(stream(`${open}event: sse.close\ndata: ${json}\n\n`));
    const { statuses, closed } = follow(server.url("/s"));
    await closed();
    expect(last(statuses).reason).toBe("closed");
    expect(({} as Record<string, unknown>).gap).toBe(undefined);
  },
);
