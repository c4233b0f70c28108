// What the tests of the entry points have in common.

import { afterEach } from "vitest";
import { ScriptedServer } from "./scripted-server.js";

type Answer = Parameters<typeof ScriptedServer.start>[number];

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** Called when the test is over. */
export function atEnd(end: () => unknown): void {
  ended.push(end);
}

export async function serve(...answers: Answer[]): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(...answers);
  atEnd(() => server.stop());
  return server;
}

/** Waits until it holds, 10 seconds at most. */
export async function until(holds: () => boolean, what: () => unknown = () => ""): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never: ${holds} ${JSON.stringify(what())}`);
    await new Promise((done) => setTimeout(done, 2));
  }
}

/** Time for what should not happen. */
export function aMoment(): Promise<void> {
  return new Promise((done) => setTimeout(done, 40));
}

/** Answers with JSON. */
export function json(value: unknown, code = 200): Answer {
  return (response) => {
    response.writeHead(code, { "Content-Type": "application/json" });
    response.end(JSON.stringify(value));
  };
}

/** Events, in the form of a stream. */
export function events(...events: [type: string, data: unknown, id?: string][]): string {
  return events
    .map(([type, data, id]) => {
      const lines = [type && `event: ${type}`, id && `id: ${id}`, `data: ${JSON.stringify(data)}`];
      return `${lines.filter(Boolean).join("\n")}\n\n`;
    })
    .join("");
}

/** The beginning of a stream that the server can resume. */
export function opening(generation: number): string {
  const id = `sser1.k.s.${generation}.t.0`;
  return `retry: 1\n${events(["sse.open", { v: 1, gap: null }, id])}`;
}

export const COMPLETE = events(["sse.close", { v: 1, reason: "complete" }]);

export const HURRY = { base: 10, cap: 40, floor: 1 };
