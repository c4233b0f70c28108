// Real browsers, each with an empty profile: Chromium, Firefox, and WebKit.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { arch, tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export type Engine = "chromium" | "firefox" | "webkit";

const CHROMIUM = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The first of these programs that is there, by name or by path. */
function program(...names: string[]): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const places = names.flatMap((name) =>
    name.startsWith("/") ? [name] : folders.map((folder) => join(folder, name)),
  );
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`none of ${names.join(", ")} is installed`);
  return found;
}

/** What starts a browser at a page, with its profile in a folder. */
function command(engine: Engine, folder: string, url: string): [string, string[]] {
  if (engine === "chromium") {
    return [program("chromium"), [...CHROMIUM, `--user-data-dir=${folder}`, url]];
  }
  if (engine === "firefox") {
    const args = ["--headless", "--no-remote", "--profile", folder, url];
    return [program("firefox-esr", "firefox"), args];
  }
  const machine = { x64: "x86_64", arm64: "aarch64" }[arch() as "x64" | "arm64"];
  const places = ["4.1", "6.0"].map(
    (api) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${api}/MiniBrowser`,
  );
  return [program("MiniBrowser", ...places), [url]];
}

/** An X server without a screen; what programs call it. */
async function startDisplay(): Promise<[ChildProcess, string]> {
  const args = ["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"];
  const display = spawn(program("Xvfb"), args, { stdio: ["ignore", "pipe", "ignore"] });
  // It writes its number in pieces, and ends when the pipe is closed before.
  const number = await new Promise((done) => {
    let said = "";
    display.stdout.on("data", (piece) => (said += piece).includes("\n") && done(said.trim()));
    display.stdout.on("close", () => done(null));
  });
  if (number === null) throw new Error("Xvfb does not start");
  return [display, `:${number}`];
}

/** Starts a browser that opens this page; returns how to end it. */
export async function openBrowser(engine: Engine, url: string): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "sse-gate-browser-"));
  const processes: ChildProcess[] = [];
  const env: NodeJS.ProcessEnv = { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
  for (const name of ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"]) {
    env[name] = folder;
  }
  if (engine === "webkit") {
    const [display, name] = await startDisplay();
    processes.push(display);
    env.DISPLAY = name;
  }
  const [path, args] = command(engine, folder, url);
  // The leader of a group: a browser is many processes.
  const browser = spawn(path, args, { env, stdio: "ignore", detached: true });
  return async () => {
    const gone = new Promise((done) => browser.once("exit", done));
    if (browser.exitCode === null && browser.signalCode === null) {
      process.kill(-browser.pid!, "SIGKILL");
      await gone;
    }
    for (const it of processes) it.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 });
  };
}
