// The README's examples are the files in readme/, which TypeScript checks.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

it.each(["generation.ts", "chat.tsx", "news.tsx", "use-chat.ts"])("has %s as it is", (name) => {
  const language = name.split(".")[1];
  expect(read("../README.md")).toContain(`\`\`\`${language}\n${read(`readme/${name}`)}\`\`\``);
});
