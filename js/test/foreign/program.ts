// A program of others, or one that uses a library of others, as a process.

import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { atEnd } from "../helpers.js";

/** The folder with the programs. */
export const CLIENTS = fileURLToPath(new URL("../../../tests/clients/", import.meta.url));

/** The interpreter with the libraries that `scripts/test` installs. */
export const PYTHON = `${CLIENTS}python/venv/bin/python`;

/** What runs, and the lines that it says, JSON each, as they come. What is an error says so. */
export interface Program {
  lines: string[];
  process: ChildProcess;
}

/** Starts one for this test. */
export function start(program: string, args: string[]): Program {
  // The leader of a group: a script has children.
  const child = spawn(program, args, {
    cwd: CLIENTS,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  const fail = (error: string) => lines.push(JSON.stringify({ error }));
  createInterface(child.stderr).on("line", fail);
  child.on("error", ({ message }) => fail(message));
  atEnd(async () => {
    if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    process.kill(-child.pid, "SIGKILL");
    await gone;
  });
  return { lines, process: child };
}
