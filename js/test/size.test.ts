// What the package weighs in a page.

import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** The size of an entry point with all that it uses, minified and gzipped, in bytes. */
async function sizeOf(entry: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [new URL(`../src/${entry}.ts`, import.meta.url).pathname],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    packages: "external",
  });
  const size = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  console.log(`${entry}: ${size} bytes, minified and gzipped`);
  return size;
}

it("the whole core takes less than 4 KB", async () => {
  expect(await sizeOf("index")).toBeLessThan(4_096);
});

it.each(["shared", "generation/index", "react/index", "ai/index"])(
  "%s takes less than 6 KB, with what it uses of the core",
  async (entry) => {
    expect(await sizeOf(entry)).toBeLessThan(6_144);
  },
);
