// The production build in front of the real example server, seen by a client that is no browser.

import { afterAll, beforeAll, expect, it } from "vitest";
import { cookieOf, post, send, signIn, Stream, type Answer } from "./client";
import { startApp, startScene, type Scene } from "./scene";
import { until } from "./until";

const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;
const CHAT = "/api/chat/stream";
const QUESTION = { message: "Why does a token work once?", session_id: "test" };
const BROWSER = { "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors" };

let scene: Scene;
let origin: string;
let login: Answer;
let cookie: string;

beforeAll(async () => {
  scene = await startScene("--pace", "20", "--retry", "50");
  origin = scene.front.origin;
  login = await signIn(origin);
  cookie = cookieOf(login);
});

afterAll(() => scene?.stop());

async function ask(): Promise<string> {
  const answer = await post(`${origin}${CHAT}/initiate`, cookie, QUESTION);
  expect(answer.status).toBe(200);
  return `${origin}${CHAT}/${JSON.parse(answer.body).stream_id}`;
}

/** The number of an event of the chat. */
const seq = (id: string) => parseInt(id.split(".").at(-1)!, 36);

it("login sets a cookie that no script sees, and the JWT is in no body", () => {
  expect(login.status).toBe(303);
  expect(login.headers.location).toBe("/generations");
  expect(login.headers["set-cookie"]).toHaveLength(1);
  expect(login.headers["set-cookie"]![0]).toMatch(/^session=eyJ.*; HttpOnly; SameSite=Strict$/);
  expect(login.body).toBe("");
});

it("a wrong password goes back to the login, and sets no cookie", async () => {
  const answer = await signIn(origin, "alice", "wrong");
  expect([answer.status, answer.headers.location]).toEqual([303, "/login?error=401"]);
  expect(answer.headers["set-cookie"]).toBeUndefined();
  const page = await send(`${origin}/login?error=401`);
  expect(page.body).toContain("The user name or the password is wrong.");
});

it.each(["constructor", "__proto__", "toString", "<b>"])(
  "a link with the error %s shows the login and the words for any error",
  async (error) => {
    const page = await send(`${origin}/login?error=${encodeURIComponent(error)}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain("Signing in failed. Try again later.");
  },
);

it("a form that is too long for a login is refused, and none of it goes to the backend", async () => {
  const asked = scene.back.seen.length;
  const answer = await signIn(origin, "a".repeat(100_000));
  expect(answer.status).toBe(413);
  expect(scene.back.seen.length).toBe(asked);
});

it("no path is asked for by way of images, and none is written down", async () => {
  const asked = scene.back.seen.length;
  const url = `/_next/image?url=${encodeURIComponent(`${CHAT}/sset1_image`)}&w=64&q=75`;
  expect((await send(origin + url)).status).toBe(404);
  expect(scene.back.seen.length).toBe(asked);
  expect(scene.app.output).not.toContain("sset1_image");
});

it("another site's form can't sign a user in or out, or ask", async () => {
  const headers = { Cookie: cookie, "Sec-Fetch-Site": "cross-site", Origin: "http://evil.test" };
  for (const path of ["/api/login", "/api/logout", `${CHAT}/initiate`, "/api/generations"]) {
    const answer = await send(origin + path, { method: "POST", headers });
    expect([path, answer.status]).toEqual([path, 403]);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  }
});

it("signing out drops the cookie, and ends the user's streams at the backend", async () => {
  const bob = cookieOf(await signIn(origin, "bob"));
  const answer = await post(`${origin}${CHAT}/initiate`, bob, QUESTION);
  const stream = new Stream(`${origin}${CHAT}/${JSON.parse(answer.body).stream_id}`, BROWSER);
  await until("the stream is open", () => stream.events.length > 0);
  const out = await post(`${origin}/api/logout`, bob);
  expect([out.status, out.headers.location]).toEqual([303, "/login"]);
  expect(out.headers["set-cookie"]![0]).toMatch(/^session=; Path=\/; Max-Age=0; HttpOnly/);
  await until("the stream is over", () => stream.isOver);
  expect(stream.events.at(-1)).toMatchObject({ type: "sse.close", data: /revoked/ });
});

it("a page without a session leads to the login", async () => {
  const answer = await send(`${origin}/chat`);
  expect([answer.status, answer.headers.location]).toEqual([307, "/login"]);
});

it("pages run scripts by a nonce that is new each time, and evaluate none", async () => {
  const policies = [];
  for (const path of ["/chat", "/chat"]) {
    const { headers, body } = await send(origin + path, { headers: { Cookie: cookie } });
    const policy = String(headers["content-security-policy"]);
    const nonce = /'nonce-([^']+)'/.exec(policy)![1];
    const scripts = body.match(/<script[^>]*>/g)!;
    expect(scripts.filter((it) => !it.includes(`nonce="${nonce}"`))).toEqual([]);
    expect(policy).not.toMatch(/unsafe/);
    policies.push(policy);
  }
  expect(policies[0]).not.toBe(policies[1]);
});

it("each event passes both proxies as it comes, also to a client that takes gzip", async () => {
  const url = await ask();
  const stream = new Stream(url, { ...BROWSER, "Accept-Encoding": "gzip, deflate, br" });
  await until("the first event is here", () => stream.events.length > 0);
  // The last event is not made yet.
  const soFar = stream.events.length;
  await until("the answer is over", () => stream.isOver);
  expect(stream.headers["content-encoding"]).toBeUndefined();
  expect(stream.headers["cache-control"]).toContain("no-store");
  expect(stream.headers["x-accel-buffering"]).toBe("no");
  expect(stream.events.at(-2)!.type).toBe("done");
  expect(soFar).toBeLessThan(stream.events.length / 2);
  // About 3 seconds from the first to the last: held back, they would come together.
  expect(stream.events.at(-1)!.at - stream.events[0]!.at).toBeGreaterThan(1_000);
});

it.each(["before the app", "between the app and the backend"])(
  "an answer whose connection is cut %s goes on, with nothing lost or doubled",
  async (where) => {
    const url = await ask();
    const first = new Stream(url, BROWSER);
    await until("some events are here", () => first.events.length > 10);
    if (where === "before the app") first.kill();
    else scene.back.cut();
    await until("the connection is gone", () => first.isOver);
    const second = new Stream(url, { ...BROWSER, "Last-Event-ID": first.lastEventId });
    await until("the answer is over", () => second.isOver);

    const events = [...first.events, ...second.events].filter(({ type }) => !/^sse\./.test(type));
    expect(events.map(({ lastEventId }) => seq(lastEventId))).toEqual(
      events.map((_, at) => at + 1),
    );
    const { chunks } = JSON.parse(events.at(-1)!.data);
    expect(events.filter(({ type }) => type === "message_chunk")).toHaveLength(chunks);
    const third = new Stream(url, { ...BROWSER, "Last-Event-ID": second.lastEventId });
    await until("the third is answered", () => third.status);
    expect(third.status).toBe(204);
  },
);

it("the backend's connection ends when the browser goes", async () => {
  const stream = new Stream(await ask(), BROWSER);
  await until("the stream is open", () => stream.events.length > 0);
  const [request] = scene.back.to(CHAT).slice(-1);
  expect(request!.isLeft).toBe(false);
  stream.kill();
  await until("the backend's connection ends", () => request!.isLeft);
});

it("refusals pass as they are", async () => {
  const url = await ask();
  const refused = (headers: Record<string, string>, method = "GET") =>
    send(url, { method, headers: { Accept: "text/event-stream", ...headers } });
  // None of these costs the id anything.
  expect((await refused(BROWSER, "HEAD")).status).toBe(405);
  expect((await refused({ ...BROWSER, "Sec-Purpose": "prefetch" })).status).toBe(403);
  expect((await refused({ Origin: "http://evil.test" })).status).toBe(403);
  expect((await refused({ Accept: "text/html" })).status).toBe(406);
  const stream = new Stream(url, BROWSER);
  await until("the stream is open", () => stream.status);
  expect(stream.status).toBe(200);
  stream.kill();
  const again = await refused(BROWSER);
  expect(again.status).toBe(401);
  expect(again.headers["www-authenticate"]).toContain('error="invalid_token"');
  expect(again.headers["content-type"]).toBe("application/problem+json");
  expect(JSON.parse(again.body).status).toBe(401);
});

it("a client that is no browser opens a stream, too", async () => {
  const stream = new Stream(await ask());
  await until("it is answered", () => stream.status);
  expect(stream.status).toBe(200);
  stream.kill();
});

it("without the cookie nothing is asked, and with a message that is too long neither", async () => {
  const anonymous = await post(`${origin}${CHAT}/initiate`, "", QUESTION);
  expect(anonymous.status).toBe(401);
  expect(anonymous.headers["www-authenticate"]).toContain("Bearer");
  const long = { ...QUESTION, message: "x".repeat(70_000) };
  expect((await post(`${origin}${CHAT}/initiate`, cookie, long)).status).toBe(413);
});

it("too many answers that wait are refused with Retry-After", async () => {
  const bob = cookieOf(await signIn(origin, "bob"));
  let answer;
  for (let count = 0; count < 30 && answer?.status !== 429; count++) {
    answer = await post(`${origin}${CHAT}/initiate`, bob, QUESTION);
  }
  expect(answer!.status).toBe(429);
  expect(Number(answer!.headers["retry-after"])).toBeGreaterThan(0);
});

it("an answer can be stopped", async () => {
  const url = await ask();
  const stream = new Stream(url, BROWSER);
  await until("some events are here", () => stream.events.length > 5);
  expect((await post(`${url}/stop`, cookie)).status).toBe(202);
  await until("the answer is over", () => stream.isOver);
  expect(stream.events.find(({ type }) => type === "done")?.data).toContain('"stopped"');
});

it("a generation goes from its sample to its result", async () => {
  const more = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`field_${at}`, at]));
  const sample = { source: JSON.stringify({ name: "Ada", ...more }), name: "Person" };
  const start = () => post(`${origin}/api/generations`, cookie, sample);
  // The backend computes two at once, so that the last one waits for its turn.
  for (let before = 0; before < 4; before++) await start();
  const started = await start();
  expect(started.status).toBe(201);
  const id = JSON.parse(started.body).generation_id;

  const early = await send(`${origin}/generations/${id}/results`, { headers: { Cookie: cookie } });
  expect([early.status, early.headers.location]).toEqual([307, `/generations/${id}`]);

  const minted = await post(`${origin}/generations/generate/${id}/stream-token`, cookie);
  const { sse_token, stream_url } = JSON.parse(minted.body);
  const url = `${origin}${stream_url}?token=${sse_token}`;
  const stream = new Stream(url, BROWSER);
  await until("the generation is over", () => stream.isOver);
  const records = stream.events.map(({ data }) => JSON.parse(data));
  expect(records.at(-1)).toMatchObject({ status: "completed", progress: 1 });
  expect((await send(url, { headers: { Accept: "text/event-stream" } })).status).toBe(401);

  const page = await send(`${origin}/generations/${id}/results`, { headers: { Cookie: cookie } });
  expect(page.body).toContain("Person");
  const json = await send(`${origin}/api/generations/${id}`, { headers: { Cookie: cookie } });
  expect(JSON.parse(json.body).result).toContain("pub struct Person");

  const bob = cookieOf(await signIn(origin, "bob"));
  const foreign = await send(`${origin}/api/generations/${id}`, { headers: { Cookie: bob } });
  expect(foreign.status).toBe(403);
  const foreignPage = await send(`${origin}/generations/${id}/results`, {
    headers: { Cookie: bob },
  });
  expect(foreignPage.status).toBe(404);
});

it("while there is no backend, an EventSource is told to come back, and a page is shown", async () => {
  const [app, url] = await startApp("http://127.0.0.1:1");
  try {
    const stream = await send(`${url}${CHAT}/sset1_x`, { headers: BROWSER });
    expect([stream.status, stream.body]).toEqual([200, "retry: 3000\n\n"]);
    expect(stream.headers["content-type"]).toBe("text/event-stream");
    expect((await post(`${url}${CHAT}/initiate`, cookie, QUESTION)).status).toBe(502);
    expect((await signIn(url)).headers.location).toBe("/login?error=502");
  } finally {
    await app.stop();
  }
});

it("no JWT was in any URL or body, and neither server wrote a token or a message down", async () => {
  const urls = [...scene.front.seen, ...scene.back.seen].map(({ url }) => url);
  expect(urls.length).toBeGreaterThan(50);
  expect(urls.filter((url) => JWT.test(url))).toEqual([]);
  expect(scene.front.bodies).not.toMatch(JWT);
  const written = scene.app.output + scene.axum.output;
  expect(written).not.toMatch(JWT);
  expect(written).not.toMatch(/sset1_|sser1\./);
  expect(written).not.toContain(QUESTION.message);
});

it("the JWT goes to the backend in a header, and no cookie does", () => {
  const asked = scene.back.seen.filter(({ method }) => method === "POST");
  expect(asked.some(({ headers }) => JWT.test(headers.authorization ?? ""))).toBe(true);
  expect(scene.back.seen.filter(({ headers }) => headers.cookie)).toEqual([]);
  const streams = scene.back.seen.filter(({ url }) => /sset1_/.test(url) && !/stop$/.test(url));
  expect(streams.filter(({ headers }) => headers.authorization)).toEqual([]);
});
