// The versions of what is tested, as they are installed.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { CLIENTS, PYTHON } from "./program.js";

/** Of a package from npm, in a folder of packages. */
export function npmVersion(name: string, folder = `${CLIENTS}node_modules`): string {
  return JSON.parse(readFileSync(`${folder}/${name}/package.json`, "utf8")).version;
}

/** Of a package from Python's index. */
export function pythonVersion(name: string): string {
  const script = `import importlib.metadata as it; print(it.version("${name}"))`;
  return execFileSync(PYTHON, ["-c", script], { encoding: "utf8" }).trim();
}
