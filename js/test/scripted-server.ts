// A server on loopback that answers each request by a script.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

type Answer = (response: ServerResponse, seen: Seen) => void | Promise<void>;

/** Answers the first request with the first answer, and those after the last one with the last. */
export class ScriptedServer {
  readonly seen: Seen[] = [];
  #server;
  #answers: Answer[] = [];
  #responses = new Set<ServerResponse>();

  private constructor() {
    this.#server = createServer(async (request, response) => {
      this.#responses.add(response);
      let body = "";
      for await (const chunk of request) body += chunk;
      const seen = { method: request.method!, url: request.url!, headers: request.headers, body };
      this.seen.push(seen);
      const answer = this.#answers[Math.min(this.seen.length, this.#answers.length) - 1]!;
      await answer(response, seen);
    });
  }

  static async start(...answers: Answer[]): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    server.#answers = answers;
    await new Promise<void>((done) => server.#server.listen(0, "127.0.0.1", done));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  url(path: string): string {
    return this.origin + path;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** Answers with a stream of this text, which ends if it is told to. */
export function stream(text: string, end: "end" | "reset" | "open" = "open"): Answer {
  return (response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(text, () => {
      if (end === "end") response.end();
      if (end === "reset") response.destroy();
    });
    response.flushHeaders();
  };
}

/** Answers with a status and nothing else. */
export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (response) => void response.writeHead(code, headers).end();
}
