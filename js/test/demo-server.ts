// The real server of the demo, if it was built.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { atEnd } from "./helpers.js";

const built = new URL("../../target/debug/example-axum", import.meta.url).pathname;

/** Where its binary is: `EXAMPLE_AXUM`, or where Cargo puts it. */
const BINARY = process.env.EXAMPLE_AXUM ?? built;

export const hasDemo = existsSync(BINARY);

/** Starts one for this test, and returns its origin. */
export async function demo(...flags: string[]): Promise<string> {
  const server = spawn(BINARY, ["--addr", "127.0.0.1:0", "--retry", "1", ...flags], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  atEnd(async () => {
    server.kill();
    if (server.exitCode === null) await once(server, "exit");
  });
  for await (const line of createInterface(server.stdout)) {
    const origin = /listening on (http:\S+)/.exec(line)?.[1];
    if (origin) return origin.replace(/\/$/, "");
  }
  throw new Error("the demo did not start");
}

/** The JWT of a demo user. */
export async function signIn(origin: string, username = "alice"): Promise<string> {
  const body = JSON.stringify({ username, password: "demo" });
  const response = await fetch(`${origin}/demo/login`, { method: "POST", body });
  return (await response.json()).access_token;
}
