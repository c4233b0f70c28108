// Puts the client into the demo's page, as one file. With --check it only says whether it is up to date.

import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const folder = "../../examples/demo-service/src/page/assets/";
const target = new URL(`${folder}sse-gate-client.js`, import.meta.url);
const { outputFiles } = await build({
  entryPoints: [new URL("../src/index.ts", import.meta.url).pathname],
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  banner: { js: "// Made from the package in js/ by `npm run demo`. Change it there." },
});
const [{ text }] = outputFiles;

if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
} else if (readFileSync(target, "utf8") !== text) {
  console.error("the demo has another build of the client: run `npm run demo` in js/");
  process.exit(1);
}
