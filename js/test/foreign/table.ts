// The table of who works with whom: what the tests have seen, compared with what is written down.

import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";

/** A client of others with our servers. */
export interface ClientRow {
  /** Its name and version. */
  client: string;
  /** Where it ran. */
  runs: string;
  /** Who comes back with a new token after a cut; null where the client has no tokens. */
  fresh: Who | null;
  /** Who comes back to the same URL with the last id. */
  same: Who;
  /** Who asks no more when the session is over; null where that is not reached. */
  over: Who | null;
  /** The name of the test. */
  test: string;
}

/** Our client with a server of others. */
export interface ServerRow {
  server: string;
  runs: string;
  /** What of the HTML standard the test has seen to work, with our client in Node. */
  node: string[];
  /** The same in Chromium. */
  chromium: string[];
  /** The same with our client in Rust: `tests/tests/rust_client/foreign.rs` compares it. */
  rust: string[];
  test: string;
}

/** Who does it: the library, the program that uses it, or neither. */
export type Who = "the client" | "your code" | "no";

/** What a server of others is tried for. */
export const CHECKS = [
  "each event once",
  "names",
  "several lines",
  "ids",
  "`Last-Event-ID` after a cut",
  "`Last-Event-ID` after an end",
  "`retry`",
  "an end by 204",
] as const;

export interface Table {
  clients: ClientRow[];
  servers: ServerRow[];
}

const DATA = new URL("../../../tests/clients/table.json", import.meta.url);
const PAGE = new URL("../../../docs/guide/pages/clients.md", import.meta.url);

export function readTable(): Table {
  return JSON.parse(readFileSync(DATA, "utf8"));
}

export function readPage(): string {
  return readFileSync(PAGE, "utf8");
}

/**
 * Compares what a test has seen with its row. With `SSE_GATE_WRITE_TABLE=1` it writes the row, here
 * and into the guide: one test file at a time, so with `--no-file-parallelism`.
 */
export function record(section: "clients", row: Omit<ClientRow, "test">): void;
export function record(section: "servers", row: Omit<ServerRow, "rust" | "test">): void;
export function record(section: keyof Table, seen: object): void {
  const test = expect.getState().currentTestName!;
  const table = readTable();
  const rows = table[section] as { test: string; rust?: string[] }[];
  const rust = rows.find((row) => row.test === test)?.rust;
  const row = { ...seen, ...(rust && { rust }), test };
  if (!process.env.SSE_GATE_WRITE_TABLE) {
    expect(rows.find(({ test }) => test === row.test)).toEqual(row);
    return;
  }
  const sorted = [...rows.filter(({ test }) => test !== row.test), row];
  sorted.sort((a, b) => a.test.localeCompare(b.test));
  const changed = { ...table, [section]: sorted };
  writeFileSync(DATA, `${JSON.stringify(changed, null, 2)}\n`);
  writeFileSync(PAGE, withTables(readPage(), changed));
}

/** The page with these tables in place of those between its marks. */
export function withTables(page: string, table: Table): string {
  const clients = table.clients.map(({ client, runs, fresh, same, over }) => [
    client,
    runs,
    fresh ?? "–",
    same,
    over ?? "–",
  ]);
  const servers = table.servers.map(({ server, runs, node, chromium, rust }) => [
    server,
    runs,
    allBut(node),
    allBut(chromium),
    allBut(rust ?? []),
  ]);
  const ends = ["a new token each time", "the same URL", "stops at the end"];
  const ours = ["our client in Node", "in Chromium", "in Rust"];
  const tried = `All of this is tried: ${CHECKS.join(", ")}.`;
  const parts = {
    clients: markdown(["client", "in", ...ends], clients),
    servers: `${tried}\n\n${markdown(["server", "in", ...ours], servers)}`,
  };
  return page.replace(
    /(<!-- table: (\w+) -->\n\n)[^]*?(\n\n<!-- end -->)/g,
    (_, begin, name: keyof Table, end) => begin + parts[name] + end,
  );
}

/** What has worked, in short. */
function allBut(works: string[]): string {
  const missing = CHECKS.filter((check) => !works.includes(check));
  return missing.length === 0 ? "all" : `all but ${missing.join(", ")}`;
}

function markdown(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n").replace(/^\| --- .*$/m, (line) => line.replaceAll(" --- ", "---"));
}
