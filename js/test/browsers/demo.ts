// The demo server, as a process: the real thing that the clients are for.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the server's program is: `SSE_GATE_EXAMPLE_AXUM`, or where Cargo puts it. */
export function program(): string {
  return process.env.SSE_GATE_EXAMPLE_AXUM ?? built("example-axum");
}

/** Where Cargo puts the program of a package. */
export function built(name: string): string {
  const path = fileURLToPath(new URL(`../../../target/debug/${name}`, import.meta.url));
  if (existsSync(path)) return path;
  throw new Error(`${path} is not there: run \`cargo build -p ${name}\` first`);
}

/** A demo server with its state in a folder, so that it can be killed and started again. */
export class Demo {
  #folder = mkdtempSync(join(tmpdir(), "sse-gate-demo-"));
  #args;
  #process: ChildProcess | undefined;
  /** Where it listens; the same each time. */
  origin = "";

  private constructor(args: string[]) {
    this.#args = args;
  }

  static async start(...args: string[]): Promise<Demo> {
    const demo = new Demo(args);
    await demo.begin();
    return demo;
  }

  async begin(): Promise<void> {
    const addr = this.origin.replace("http://", "") || "127.0.0.1:0";
    const args = ["--addr", addr, "--data", this.#folder, "--pace", "0", ...this.#args];
    const env = { ...process.env, JWT_SECRET: "a secret of the tests, of 32 bytes and more" };
    const demo = spawn(program(), args, { env, stdio: ["ignore", "pipe", "ignore"] });
    this.#process = demo;
    for await (const said of demo.stdout) {
      const found = /listening on (http:\/\/\S+)/.exec(String(said));
      if (found) {
        this.origin = found[1]!;
        demo.stdout.resume();
        return;
      }
    }
    throw new Error("the demo server does not listen");
  }

  /** Ends it without a warning. */
  async kill(): Promise<void> {
    const demo = this.#process;
    if (!demo || demo.exitCode !== null || demo.signalCode !== null) return;
    const gone = new Promise((done) => demo.once("exit", done));
    demo.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
