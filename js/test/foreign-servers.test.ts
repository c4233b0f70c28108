// Our client with servers of others, which speak of events as the HTML standard does, and no more.

import { it } from "vitest";
import { SecureEventSource } from "../src/index.js";
import { built } from "./browsers/demo.js";
import { openBrowser } from "./browsers/engines.js";
import { Front } from "./browsers/front.js";
import { PYTHON, start } from "./foreign/program.js";
import { CHECKS, record } from "./foreign/table.js";
import { cargoVersion, MODULES, npmVersion, pythonVersion } from "./foreign/versions.js";
import { atEnd, until } from "./helpers.js";

/** The reconnection time of the servers, in milliseconds. */
const RETRY = 200;

const TIMEOUT = 60_000;

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

/** What our client has told of a stream so far. */
interface Told {
  events: { type: string; data: string; lastEventId: string }[];
  /** The milliseconds up to the next attempt, after each one that failed. */
  waits: number[];
  /** Why it is closed. */
  closed: string | null;
}

/** Follows the events of this front. */
type Follow = (front: Front) => Promise<() => Told>;

/** In this program, over `fetch`. */
const inNode: Follow = async (front) => {
  const told: Told = { events: [], waits: [], closed: null };
  const source = new SecureEventSource(`${front.origin}/events`, {
    ...{ base: 1, cap: 1, floor: 1 },
    onstatus: ({ state, reason, retryAt }) => {
      if (retryAt) told.waits.push(retryAt - Date.now());
      if (state === "closed") told.closed = reason;
    },
  });
  atEnd(() => source.close());
  for (const name of ["message", "tick"]) {
    source.addEventListener(name, (event: MessageEvent) => {
      const { type, data, lastEventId } = event;
      told.events.push({ type, data, lastEventId });
    });
  }
  return () => told;
};

/** In a page, where it begins with the `EventSource` of the browser. */
const inChromium: Follow = async (front) => {
  atEnd(await openBrowser("chromium", `${front.origin}/pages/events.html`));
  const none: Told = { events: [], waits: [], closed: null };
  return () => (front.said.at(-1) as Told | undefined) ?? none;
};

/** Follows a server of nine events, three to a connection, up to its 204; what has worked. */
async function followed(origin: string, follow: Follow): Promise<string[]> {
  const front = await Front.start(origin);
  atEnd(() => front.stop());
  const told = await follow(front);
  const has = (count: number) => until(() => told().events.length >= count, told);
  await has(3);
  front.cut();
  await has(6);
  front.end();
  await has(9);
  front.cut();
  await until(() => told().closed !== null, told);

  const { events, waits, closed } = told();
  const streams = front.seen.filter(({ url }) => url === "/events");
  const asked = streams.map(({ lastEventId }) => lastEventId);
  const each = (holds: (it: Told["events"][number], n: number) => boolean) =>
    events.length === 9 && events.every((it, n) => holds(it, n + 1));
  const seen: Record<(typeof CHECKS)[number], boolean> = {
    "each event once": each(({ data }, n) => [text(n), JSON.stringify(text(n))].includes(data)),
    names: each(({ type }, n) => type === (n % 3 === 0 ? "tick" : "message")),
    "several lines": each(({ data }, n) => data === text(n)),
    ids: each(({ lastEventId }, n) => lastEventId === `${n}`),
    "`Last-Event-ID` after a cut": asked[1] === "3" && asked[3] === "9",
    "`Last-Event-ID` after an end": asked[2] === "6",
    "`retry`": waits.length === 3 && waits.every((wait) => wait > RETRY - 20),
    "an end by 204": closed === "no_content" && asked.length === 4,
  };
  return CHECKS.filter((check) => seen[check]);
}

async function row(server: string, runs: string, origin: string) {
  const node = await followed(origin, inNode);
  const chromium = await followed(origin, inChromium);
  record("servers", { server, runs, node, chromium });
}

it("follows better-sse", { timeout: TIMEOUT }, async () => {
  const origin = await program(process.execPath, "serve.mjs");
  await row(`\`better-sse\` ${npmVersion("better-sse", MODULES)}`, "Node", origin);
});

it("follows sse-starlette", { timeout: TIMEOUT }, async () => {
  const origin = await program(PYTHON, "python/serve.py");
  await row(`\`sse-starlette\` ${pythonVersion("sse-starlette")}`, "Python", origin);
});

it("follows axum's Sse", { timeout: TIMEOUT }, async () => {
  const origin = await program(built("sse-gate-axum-sse"));
  await row(`\`axum\` ${cargoVersion("axum")}, \`response::sse::Sse\``, "Rust", origin);
});
