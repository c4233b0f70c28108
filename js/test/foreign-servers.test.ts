// Our client with servers of others, which speak of events as the HTML standard does, and no more.

import { it } from "vitest";
import { SecureEventSource, type Status } from "../src/index.js";
import { built } from "./browsers/demo.js";
import { Front } from "./browsers/front.js";
import { betterSse } from "./foreign/better-sse.js";
import { PYTHON, start } from "./foreign/program.js";
import { record } from "./foreign/table.js";
import { cargoVersion, MODULES, npmVersion, pythonVersion } from "./foreign/versions.js";
import { atEnd, until } from "./helpers.js";

/** The reconnection time of the servers, in milliseconds. */
const RETRY = 200;

/** The text of an event. */
const text = (n: number) => `${n}\nzwölf`;

/** A program that says its origin when it listens. */
async function program(file: string, ...args: string[]): Promise<string> {
  const { lines } = start(file, args);
  const origin = () => lines.find((line) => line.startsWith("http:"));
  await until(
    () => origin() !== undefined,
    () => lines,
  );
  return origin()!;
}

/** Follows a server of nine events, three to a connection, up to its 204; what has worked. */
async function follow(origin: string): Promise<string[]> {
  const front = await Front.start(origin);
  atEnd(() => front.stop());
  const events: { type: string; data: string; lastEventId: string }[] = [];
  const waits: number[] = [];
  const statuses: Status[] = [];
  const source = new SecureEventSource(`${front.origin}/events`, {
    ...{ base: 1, cap: 1, floor: 1 },
    onstatus: (status) => {
      statuses.push(status);
      if (status.retryAt) waits.push(status.retryAt - Date.now());
    },
  });
  atEnd(() => source.close());
  for (const name of ["message", "tick"]) {
    source.addEventListener(name, (event: MessageEvent) => {
      const { type, data, lastEventId } = event;
      events.push({ type, data, lastEventId });
    });
  }
  const has = (count: number) =>
    until(
      () => events.length >= count,
      () => ({ events, statuses }),
    );
  await has(3);
  front.cut();
  await has(6);
  front.end();
  await has(9);
  front.cut();
  await until(
    () => source.readyState === 2,
    () => statuses,
  );

  const asked = front.seen.map(({ lastEventId }) => lastEventId);
  const numbers = Array.from({ length: 9 }, (_, n) => n + 1);
  const each = (holds: (it: (typeof events)[number], n: number) => boolean) =>
    events.length === 9 && numbers.every((n) => holds(events[n - 1]!, n));
  const seen: Record<string, boolean> = {
    "each event once": each(({ data }, n) => [text(n), JSON.stringify(text(n))].includes(data)),
    names: each(({ type }, n) => type === (n % 3 === 0 ? "tick" : "message")),
    "several lines": each(({ data }, n) => data === text(n)),
    ids: each(({ lastEventId }, n) => lastEventId === `${n}`),
    "`Last-Event-ID` after a cut": asked[1] === "3" && asked[3] === "9",
    "and after an end": asked[2] === "6",
    "`retry`": waits.length === 3 && waits.every((wait) => wait > RETRY - 20),
    "204 is the end": statuses.at(-1)?.reason === "no_content" && asked.length === 4,
  };
  return Object.keys(seen).filter((what) => seen[what]);
}

async function row(server: string, runs: string, origin: string) {
  record("servers", { server, runs, works: await follow(origin) });
}

it("follows better-sse", async () => {
  await row(`\`better-sse\` ${npmVersion("better-sse", MODULES)}`, "Node", await betterSse());
});

it("follows sse-starlette", async () => {
  const origin = await program(PYTHON, "python/serve.py");
  await row(`\`sse-starlette\` ${pythonVersion("sse-starlette")}`, "Python", origin);
});

it("follows axum's Sse", async () => {
  const origin = await program(built("sse-gate-axum-sse"));
  await row(`\`axum\` ${cargoVersion("axum")}, \`response::sse::Sse\``, "Rust", origin);
});
