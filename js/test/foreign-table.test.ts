// The table of who works with whom: the guide shows what is written down, and each row has its test.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readPage, readTable, withTables } from "./foreign/table.js";

it("the guide has the tables that the tests have made", () => {
  const page = readPage();
  expect(page).toBe(withTables(page, readTable()));
  for (const { client } of readTable().clients) expect(page).toContain(`\n| ${client} |`);
  for (const { server } of readTable().servers) expect(page).toContain(`\n| ${server} |`);
});

it("each row has a test, and each test one row", () => {
  const files = ["foreign-clients", "foreign-servers", "chat-transport"];
  const tests = files
    .map((name) => readFileSync(new URL(`${name}.test.ts`, import.meta.url), "utf8"))
    .join("\n");
  const { clients, servers } = readTable();
  const names = [...clients, ...servers].map(({ test }) => test);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(tests).toContain(`it("${name}",`);
});
