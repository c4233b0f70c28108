// Programs that a test starts.

import { spawn, type ChildProcess } from "node:child_process";

export class Program {
  #child: ChildProcess;
  #output = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const pipe of [child.stdout!, child.stderr!]) {
      pipe.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
    }
  }

  /** Starts a program, and waits until it has said something. Returns that, as it matched. */
  static async start(
    command: string[],
    said: RegExp,
    env: Record<string, string> = {},
    cwd?: string,
  ): Promise<[Program, RegExpExecArray]> {
    const [file, ...args] = command as [string, ...string[]];
    // The programs are not under test in the sense of NODE_ENV.
    const { NODE_ENV: _, ...own } = process.env;
    const all = { ...own, ...env } as NodeJS.ProcessEnv;
    const child = spawn(file, args, { cwd, env: all });
    const program = new Program(child);
    const match = await new Promise<RegExpExecArray>((resolve, reject) => {
      const fail = (why: unknown) => reject(new Error(`${file}: ${why}\n${program.#output}`));
      const timer = setTimeout(() => fail("it does not start"), 100_000);
      child.on("error", fail).on("exit", (code) => fail(`it ended with ${code}`));
      child.stdout!.on("data", () => {
        const found = said.exec(program.#output);
        if (!found) return;
        clearTimeout(timer);
        resolve(found);
      });
    }).catch((error) => {
      child.kill("SIGKILL");
      throw error;
    });
    return [program, match];
  }

  /** All that it has said so far. */
  get output(): string {
    return this.#output;
  }

  /** Ends it, and waits until it is gone. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((done) => this.#child.once("exit", done));
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await gone;
    clearTimeout(timer);
  }
}
