// What the core weighs in a page.

import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("the whole core takes less than 4 KB, minified and gzipped", async () => {
  const entry = new URL("../src/index.ts", import.meta.url).pathname;
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
  });
  const size = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  console.log(`the core: ${size} bytes, minified and gzipped`);
  expect(size).toBeLessThan(4_096);
});

it.each(["generation", "react", "ai"])(
  "sse-gate-client/%s is bundled, core included",
  async (name) => {
    const entry = new URL(`../src/${name}/index.ts`, import.meta.url).pathname;
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      target: "es2022",
      packages: "external",
    });
    const size = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
    console.log(`${name}, with what it uses of the core: ${size} bytes, minified and gzipped`);
    expect(size).toBeLessThan(8_192);
  },
);
