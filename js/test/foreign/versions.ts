// The versions of what is tested, as they are installed.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CLIENTS, PYTHON } from "./program.js";

/** The folder of the packages that the client is tested with. */
export const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** Of a package from npm, in a folder of packages. */
export function npmVersion(name: string, folder = `${CLIENTS}node_modules`): string {
  return JSON.parse(readFileSync(`${folder}/${name}/package.json`, "utf8")).version;
}

/** Of a package from Python's index. */
export function pythonVersion(name: string): string {
  const script = `import importlib.metadata as it; print(it.version("${name}"))`;
  return execFileSync(PYTHON, ["-c", script], { encoding: "utf8" }).trim();
}

/** Of a crate, as the lock file has it. */
export function cargoVersion(name: string): string {
  const lock = readFileSync(new URL("../../../Cargo.lock", import.meta.url), "utf8");
  return new RegExp(`name = "${name}"\nversion = "(.*)"`).exec(lock)![1]!;
}
