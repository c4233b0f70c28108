// The events of an answer, for a scripted server.

import { events } from "./helpers.js";

export const STATUS = { agent: "retriever", status: "working", message: "searching" } as const;

export const LOG = {
  documents: [{ title: "Tokens", source: "README.md", score: 1.5 }],
  searched: 100,
  found: 3,
};

/** Pieces of the text, with the ids of a resumable stream. */
export function chunks(generation: number, first: number, ...contents: string[]): string {
  return contents
    .map((content, n) =>
      events(["message_chunk", { content }, `sser1.k.s.${generation}.t.${first + n}`]),
    )
    .join("");
}

export function done(count: number, status: "completed" | "stopped" = "completed"): string {
  const sources = [{ title: "Tokens", source: "README.md" }];
  return events(["done", { status, chunks: count, sources }]);
}
