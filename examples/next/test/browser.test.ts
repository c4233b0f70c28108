// The app in a real Chromium, over its production build and the real example server.
//
// With SCREENSHOTS=folder it also takes pictures of each page.

import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Browser } from "./browser";
import { startScene, type Scene } from "./scene";
import { until } from "./until";

const HAS_CHROMIUM = spawnSync("chromedriver", ["--version"]).status === 0;
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;
const LOOKS = [
  ["light", "wide", 1100, 760],
  ["dark", "wide", 1100, 760],
  ["light", "narrow", 360, 740],
  ["dark", "narrow", 360, 740],
] as const;

describe.skipIf(!HAS_CHROMIUM)("in Chromium", () => {
  let scene: Scene;
  let browser: Browser;
  let origin: string;
  let data: string;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "next-test-data-"));
    const args = ["--pace", "40", "--retry", "50", "--data", data, "--restart-answers"];
    scene = await startScene(...args);
    origin = scene.front.origin;
    browser = await Browser.start();
  });

  afterAll(async () => {
    await browser?.stop();
    await scene?.stop();
    await rm(data, { recursive: true, force: true });
  });

  // The policy forbids nothing that the app does, and no script fails.
  afterEach(async () => expect(await browser.errors()).toEqual([]));

  /** No page is wider than its window. Takes pictures, if they are wanted. */
  async function looksGood(name: string): Promise<void> {
    const folder = process.env.SCREENSHOTS;
    if (folder) await mkdir(folder, { recursive: true });
    for (const [scheme, width, pixels, height] of LOOKS) {
      await browser.look(scheme, pixels, height);
      const isWide = "return document.documentElement.scrollWidth > innerWidth";
      expect([name, width, await browser.run(isWide)]).toEqual([name, width, false]);
      if (folder) await browser.screenshot(join(folder, `${name}-${scheme}-${width}.png`));
    }
    await browser.look("light", 1100, 760);
  }

  it("who is not signed in is led to the login, and a wrong password is refused", async () => {
    await browser.open(`${origin}/chat`);
    await browser.arrives(/^\/login$/);
    await looksGood("login");
    await browser.type("#username", "alice");
    await browser.type("#password", "wrong");
    await browser.click("main button");
    await browser.sees("The user name or the password is wrong.");
    await looksGood("refused");
  });

  it("login leads to the first page, and no script sees the session", async () => {
    await browser.type("#username", "alice");
    await browser.type("#password", "demo");
    await browser.click("main button");
    await browser.arrives(/^\/generations$/);
    await browser.sees("alice");
    const seen =
      "return document.cookie + JSON.stringify([{ ...localStorage }, { ...sessionStorage }])";
    expect(await browser.run(seen)).not.toMatch(/eyJ|session=/);
    await looksGood("generations");
  });

  it("a sample that is no JSON is refused in words", async () => {
    await browser.type("#source", "no JSON");
    await browser.click("main .primary");
    await browser.sees(/The server can't make sense of that/);
    // Chromium writes down each answer that is an error.
    const errors = await browser.errors();
    expect(errors.filter((it) => !it.includes("422"))).toEqual([]);
  });

  it("a generation shows its progress, survives a cut, and ends at its result", async () => {
    await browser.open(`${origin}/generations`);
    await browser.click("main .primary");
    await browser.arrives(/^\/generations\/[0-9a-f]+$/);
    await browser.sees("processing");
    const value = "return document.querySelector('progress').value";
    await until("there is progress", async () => (await browser.run<number>(value)) > 0.1);
    scene.front.cut();
    const before = await browser.run<number>(value);
    await until("it goes on", async () => (await browser.run<number>(value)) > before);
    await looksGood("progress");
    await browser.arrives(/\/results$/);
    await browser.sees("pub struct Order");
    await looksGood("results");
    const tokens = scene.front.to("/generations/generate/");
    const streams = tokens.filter(({ url }) => url.includes("token="));
    expect(streams.length).toBeGreaterThan(1);
    expect(new Set(streams.map(({ url }) => url)).size).toBe(streams.length);
    // The cut is an error to Chromium.
    await browser.errors();
  });

  it("the answer to a question appears, goes on after a cut, and is whole", async () => {
    await browser.open(`${origin}/chat`);
    await browser.type("#question", "Why does a token work once?");
    await looksGood("question");
    await browser.click("form.ask .primary");
    await browser.sees("passages found");
    await until("there is text", async () =>
      (await browser.run<string>("return document.querySelector('.answer').innerText")).includes(
        "[",
      ),
    );
    scene.front.cut();
    const asked = () => scene.front.to("/api/chat/stream/sset1_");
    await until("the browser comes back", () => asked().length > 1);
    await looksGood("answering");
    const state = "return document.querySelector('.turn').dataset.state";
    await until("it is over", async () => (await browser.run(state)) !== "streaming");
    expect(await browser.run(state)).toBe("completed");
    await looksGood("chat");
    expect(new Set(asked().map(({ url }) => url)).size).toBe(1);
    expect(asked().at(-1)!.headers["last-event-id"]).toMatch(/^sser1\./);
    expect(scene.front.to("/api/chat/stream/initiate")).toHaveLength(1);
    await browser.errors();
  });

  it("a second question can be stopped", async () => {
    await browser.type("#question", "What does a proxy need?");
    await browser.click("form.ask .primary");
    await until(
      "an answer begins",
      async () =>
        (await browser.run<number>("return document.querySelectorAll('.turn .prose').length")) > 1,
    );
    await browser.click("form.ask .primary");
    await browser.sees("Stopped.");
    await until("the backend is told", () =>
      scene.back.seen.some(({ url, status }) => url.endsWith("/stop") && status === 202),
    );
  });

  it("an answer survives that the backend dies and is started again", async () => {
    await browser.open(`${origin}/chat`);
    await browser.type("#question", "How does a stream survive a reconnect?");
    await browser.click("form.ask .primary");
    await until("an answer begins", () => browser.run("return !!document.querySelector('.prose')"));
    const url = scene.front.to("/api/chat/stream/sset1_").at(-1)!.url;
    await scene.axum.stop("SIGKILL");
    const asked = scene.front.to(url).length;
    await until("the browser asks in vain", () => scene.front.to(url).length > asked);
    await scene.restartAxum();
    const state = "return document.querySelector('.turn').dataset.state";
    await until("it is over", async () => (await browser.run(state)) !== "streaming");
    expect(await browser.run(state)).toBe("completed");
    // Each time it was told to come back.
    expect(scene.front.to(url).map(({ status }) => status)).not.toContain(502);
    await browser.errors();
  });

  it("a generation that is not there is not said to be connecting", async () => {
    await browser.open(`${origin}/generations/0123abcd`);
    const shown = await browser.sees("That is not there, or no longer");
    expect(shown).not.toMatch(/connecting|Initializing/i);
    await looksGood("lost");
    await browser.errors();
  });

  it("an address without a page says so", async () => {
    await browser.open(`${origin}/nothing`);
    await browser.sees("There is nothing here");
    await looksGood("nothing");
    // Chromium writes down each answer that is an error.
    const errors = await browser.errors();
    expect(errors.filter((it) => !it.includes("404"))).toEqual([]);
  });

  it("signing out leads to the login, and the pages are closed", async () => {
    await browser.click(".account button");
    await browser.arrives(/^\/login$/);
    await browser.open(`${origin}/generations`);
    await browser.arrives(/^\/login$/);
  });

  it("no JWT was in any URL or body", () => {
    expect(scene.front.seen.filter(({ url }) => JWT.test(url))).toEqual([]);
    expect(scene.back.seen.filter(({ url }) => JWT.test(url))).toEqual([]);
    expect(scene.front.bodies).not.toMatch(JWT);
  });
});
