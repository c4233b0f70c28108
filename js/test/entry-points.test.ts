// A page that uses one entry point gets nothing of the others.

import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { expect, it } from "vitest";

const root = new URL("..", import.meta.url).pathname;
const { exports } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));

/** The files that have a part in the bundle of this script, and the bundle. */
async function bundle(contents: string) {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    packages: "external",
  });
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output!.inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path.replace(/^.*\/?src\//, ""));
  return { files, code: outputFiles[0]!.text };
}

const IMPORT_ALL = `
  import { SecureEventSource, postForToken } from "./src/index.ts";
  import { GenerationMonitor } from "./src/generation/index.ts";
  import { useStreaming, useEventStream } from "./src/react/index.ts";
  import { SseGateChatTransport } from "./src/ai/index.ts";
`;

it("the core has nothing of the entry points", async () => {
  const { files, code } = await bundle('export * from "./src/index.ts"');
  expect(files).toContain("event-source.ts");
  expect(files.filter((path) => /\/|json|stream-error/.test(path))).toEqual([]);
  expect(code).not.toMatch(/generation|react|useState|chat/i);
});

it.each([
  ["SecureEventSource", []],
  ["GenerationMonitor", ["generation"]],
  ["useEventStream", ["react"]],
  ["useStreaming", ["chat", "react"]],
  ["SseGateChatTransport", ["ai", "chat"]],
])("of all that is imported, %s brings only %j along", async (name, expected) => {
  const { files } = await bundle(`${IMPORT_ALL} console.log(${name});`);
  const folders = new Set(files.filter((path) => path.includes("/")).map((it) => it.split("/")[0]));
  expect([...folders].sort()).toEqual(expected);
});

it("the transport has nothing of the SDK but types", async () => {
  const { code } = await bundle('export * from "./src/ai/index.ts"');
  expect(code).not.toMatch(/from\s*"ai"|import\s*"ai"/);
});

it("each entry point of the package has its file", () => {
  for (const [name, entry] of Object.entries<{ default?: string }>(exports)) {
    if (!entry.default) continue;
    const source = entry.default.replace("./dist/", `${root}/src/`).replace(/\.js$/, ".ts");
    expect(readFileSync(source, "utf8"), name).toMatch(/^\/\/ /);
  }
});
