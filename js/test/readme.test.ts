// The README's examples are the files in readme/, which TypeScript checks.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

/** An example as it stands in a README. */
function block(name: string): string {
  const language = name.split(".")[1];
  return `\`\`\`${language}\n${read(`readme/${name}`)}\`\`\``;
}

const own = ["feed.ts", "bearer.ts", "body.ts", "shared.ts"];
const others = ["generation.ts", "chat.tsx", "news.tsx", "use-chat.ts"];
it.each([...own, ...others])("the package's README has %s as it is", (name) => {
  expect(read("../README.md")).toContain(block(name));
});

it("the repository's README has room.ts as it is", () => {
  expect(read("../../README.md")).toContain(block("room.ts"));
});
