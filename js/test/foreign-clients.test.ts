// Clients of others with our server: they are cut off, come back, and have each event once.

import { expect, it } from "vitest";
import { openBrowser } from "./browsers/engines.js";
import { Front } from "./browsers/front.js";
import { demo, signIn } from "./demo-server.js";
import { PYTHON, start } from "./foreign/program.js";
import { record, type ClientRow, type Who } from "./foreign/table.js";
import { npmVersion, pythonVersion } from "./foreign/versions.js";
import { atEnd, until } from "./helpers.js";

/**
 * How it asks again: each time with a fresh token, as a strict route wants it, or with the same URL
 * and the last id, as a resumable route takes it.
 */
type Mode = "fresh" | "same";

/** What a follower has said so far, a value a line. */
type Said = () => unknown[];

/** Makes a follower ready, which then follows the stream at a path. */
type Follower = (front: Front, mode: Mode) => Promise<(path: string) => Said>;

const TIMEOUT = 60_000;

/** A program that follows, with the URL, the path, the JWT and the mode as its last arguments. */
function program(...command: [string, ...string[]]): Follower {
  return async (front, mode) => {
    const [file, ...args] = command;
    const jwt = await signIn(front.origin);
    return (path) => {
      const { lines } = start(file, [...args, front.origin, path, jwt, mode]);
      return () => lines.map((line) => JSON.parse(line));
    };
  };
}

const node = (library: string) => program("node", "follow.mjs", library);
const python = (library: string) => program(PYTHON, "python/follow.py", library);

/** A page in Chromium. */
const page: Follower = async (front, mode) => {
  atEnd(await openBrowser("chromium", `${front.origin}/pages/htmx.html`));
  await front.ready();
  return (path) => {
    void front.run("follow", { path, mode });
    return () => front.said;
  };
};

/** The demo, and what stands between it and the client. */
async function scene(...flags: string[]) {
  const origin = await demo(...flags);
  const front = await Front.start(origin);
  atEnd(() => front.stop());
  const jwt = await signIn(origin);
  const post = async (path: string, json: unknown) => {
    const headers = { Authorization: `Bearer ${jwt}`, "Content-Type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(json) };
    const response = await fetch(origin + path, init);
    expect(response.ok).toBe(true);
    const text = await response.text();
    return text && JSON.parse(text);
  };
  return { front, post };
}

/** What a follower has been told, of a stream of events with numbers. */
function reader(front: Front, said: Said, number: (data: Record<string, unknown>) => unknown) {
  const numbers = () =>
    said()
      .filter((it): it is { data: string } => Object.hasOwn(Object(it), "data"))
      .map(({ data }) => number(JSON.parse(data)));
  return {
    numbers,
    /** Waits until an event is there. */
    has: (n: number) =>
      until(
        () => numbers().includes(n),
        () => ({ said: said(), asked: streams(front) }),
      ),
    /** Waits until its stream is open. */
    open: () => until(() => front.open === 1, said),
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

/** The tokens of the streams that were asked for, and the ids that they were asked with. */
function streams(front: Front) {
  return front.seen
    .filter(({ url }) => url.includes("/stream?"))
    .map(({ url, lastEventId }) => {
      const query = new URL(url, front.origin).searchParams;
      return { token: query.get("token"), id: lastEventId ?? query.get("lastEventId") ?? "" };
    });
}

/** Who has opened the stream three times, or more. */
function whoCameBack(said: Said): Who {
  const starts = said().filter((it) => it === "start").length;
  if (starts === 1) return "the client";
  expect(starts).toBeGreaterThan(2);
  return "your code";
}

/** Follows a strict route through two cuts, one of them a proper end. */
async function withFreshTokens(follower: Follower): Promise<Who> {
  // It takes eight seconds. A client may wait three of them before it comes back.
  const { front, post } = await scene("--pace", "250");
  const follow = await follower(front, "fresh");
  const source = JSON.stringify(upTo(40));
  const { generation_id } = await post("/generations", { source });
  const said = follow(`generations/generate/${generation_id}`);
  const { numbers, has, open } = reader(front, said, ({ seq }) => seq);
  await open();
  await has(2);
  front.cut();
  await until(() => front.open === 0);
  await open();
  front.end();
  await until(() => said().some((it) => JSON.stringify(it).includes("completed")), said);
  expect(numbers()).toEqual(upTo(numbers().length));
  const asked = streams(front);
  expect(asked.length).toBeGreaterThan(2);
  expect(new Set(asked.map(({ token }) => token)).size).toBe(asked.length);
  return whoCameBack(said);
}

/** What a client does on a resumable route. */
type OnResumable = Pick<ClientRow, "same" | "over">;

/** Follows a resumable route with a client that puts the last id where the server does not read it. */
async function withoutTheId(follower: Follower): Promise<OnResumable> {
  const { front, post } = await scene();
  const said = (await follower(front, "same"))("topics/news");
  const { has, open } = reader(front, said, ({ n }) => n);
  await open();
  await post("/topics/news/publish", { n: 1 });
  await has(1);
  front.cut();
  await until(() => said().some((it) => JSON.stringify(it) === '{"status":401}'), said);
  return { same: "no", over: null };
}

/** Follows a resumable route through two cuts, one of them a proper end, until the session is over. */
async function withTheSameUrl(follower: Follower): Promise<OnResumable> {
  const { front, post } = await scene();
  const publish = (n: number) => post("/topics/news/publish", { n });
  const said = (await follower(front, "same"))("topics/news");
  const { numbers, has, open } = reader(front, said, ({ n }) => n);
  await open();
  await publish(1);
  await has(1);
  front.cut();
  await publish(2);
  await has(2);
  await open();
  front.end();
  await publish(3);
  await has(3);
  await publish(4);
  await has(4);
  expect(numbers()).toEqual(upTo(4));
  const asked = streams(front);
  expect(new Set(asked.map(({ token }) => token)).size).toBe(1);
  expect(asked.map(({ id }) => id.split(".")[0])).toEqual(["", "sser1", "sser1"]);
  const same = whoCameBack(said);
  await post("/demo/logout", {});
  await until(() => front.open === 0);
  return { same, over: await whoStopped(front, said) };
}

/** Who has ended it, now that the session is over. */
async function whoStopped(front: Front, said: Said): Promise<Who> {
  // A client that goes on asks after a few milliseconds, as the server has said.
  const aWhile = () => new Promise((done) => setTimeout(done, 1_000));
  await aWhile();
  const asked = streams(front).length;
  await aWhile();
  if (streams(front).length > asked) return "no";
  return said().includes("end") ? "your code" : "the client";
}

async function row(client: string, runs: string, follower: Follower, again = withTheSameUrl) {
  const fresh = await withFreshTokens(follower);
  const onResumable = await again(follower);
  record("clients", { client, runs, fresh, ...onResumable });
}

const IN_NODE = "Node";
const npm = (name: string) => `\`${name}\` ${npmVersion(name)}`;
const pypi = (name: string) => `\`${name}\` ${pythonVersion(name)}`;

it("eventsource 4 comes back", { timeout: TIMEOUT }, () =>
  row(npm("eventsource"), IN_NODE, node("eventsource")),
);

it("eventsource 5 comes back", { timeout: TIMEOUT }, () =>
  row(`\`eventsource\` ${npmVersion("eventsource5")}`, IN_NODE, node("eventsource5")),
);

it("eventsource-client comes back", { timeout: TIMEOUT }, () =>
  row(npm("eventsource-client"), IN_NODE, node("eventsource-client")),
);

it("event-source-polyfill comes back", { timeout: TIMEOUT }, () =>
  row(npm("event-source-polyfill"), IN_NODE, node("event-source-polyfill"), withoutTheId),
);

it("fetch-event-source comes back", { timeout: TIMEOUT }, () =>
  row(npm("@microsoft/fetch-event-source"), IN_NODE, node("fetch-event-source")),
);

it("htmx comes back", { timeout: TIMEOUT }, () =>
  row(`${npm("htmx.org")} with \`hx-sse\``, "Chromium", page),
);

it("httpx-sse comes back", { timeout: TIMEOUT }, () =>
  row(pypi("httpx-sse"), "Python", python("httpx-sse")),
);

it("sseclient-py comes back", { timeout: TIMEOUT }, () =>
  row(pypi("sseclient-py"), "Python", python("sseclient-py")),
);

it("curl comes back", { timeout: TIMEOUT }, () =>
  row("`curl -N`", "Bash", program("bash", "follow.sh")),
);
