// A server in front of the demo: it has the test's pages, cuts streams, and fails when it is told to.

import { readFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const FILES: Record<string, string> = { html: "text/html", js: "text/javascript" };

/** Where the files of each folder are. */
const FOLDERS: Record<string, string> = {
  dist: "../../dist/",
  htmx: "../../../tests/clients/node_modules/htmx.org/dist/",
  pages: "./pages/",
};

export class Front {
  /** The target of each request, and what could be a credential in its headers. */
  readonly seen: { method: string; url: string; lastEventId: string | undefined }[] = [];
  /** What the page has said, line by line. */
  readonly said: unknown[] = [];
  /** While it is not 0, every request for something of the demo's is answered with it. */
  failing = 0;
  #server;
  #backend;
  #streams = new Map<ServerResponse, IncomingMessage>();
  #tasks: { name: string; args: unknown; done: (result: unknown) => void }[] = [];
  #waiting: ServerResponse | null = null;
  #running: ((result: unknown) => void) | null = null;

  private constructor(backend: string) {
    this.#backend = backend;
    this.#server = createServer((asked, response) => {
      const [path = ""] = asked.url!.split("?");
      const [, folder = "", file = ""] = /^\/(\w+)\/(.+)$/.exec(path) ?? [];
      if (path === "/next") this.#next(response);
      else if (path === "/report") this.#report(asked, response);
      else if (path === "/say") this.#say(asked, response);
      else if (FOLDERS[folder]) this.#file(FOLDERS[folder] + file, response);
      else this.#forward(asked, response);
    });
  }

  static async start(backend: string): Promise<Front> {
    const front = new Front(backend);
    await new Promise<void>((done) => front.#server.listen(0, "127.0.0.1", done));
    return front;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** Waits until the page is there. */
  async ready(): Promise<void> {
    const end = Date.now() + 50_000;
    while (!this.#waiting) {
      if (Date.now() > end) throw new Error("the browser does not open the page");
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  /** Has the page run a scenario; what it returns. */
  run<T>(name: string, args: unknown = {}): Promise<T> {
    return new Promise<unknown>((done) => {
      this.#tasks.push({ name, args, done });
      if (this.#waiting) this.#next(this.#waiting);
    }) as Promise<T>;
  }

  /** How many streams are open. */
  get open(): number {
    return this.#streams.size;
  }

  /** Breaks off all streams. */
  cut(): void {
    for (const stream of this.#streams.keys()) stream.destroy();
  }

  /** Brings all streams to a proper end. */
  end(): void {
    for (const [stream, answer] of this.#streams) {
      answer.unpipe(stream);
      stream.end();
    }
  }

  #next(response: ServerResponse): void {
    const task = this.#tasks.shift();
    this.#waiting = task ? null : response;
    if (!task) return;
    this.#running = task.done;
    response.end(JSON.stringify({ name: task.name, args: task.args }));
  }

  async #report(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(asked);
    response.end();
    this.#running?.(JSON.parse(body));
  }

  async #say(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    this.said.push(JSON.parse(await bodyOf(asked)));
    response.end();
  }

  #file(path: string, response: ServerResponse): void {
    try {
      const content = readFileSync(new URL(path, import.meta.url));
      const type = FILES[path.split(".").pop()!] ?? "text/plain";
      response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-cache" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  #forward(asked: IncomingMessage, response: ServerResponse): void {
    const { method = "GET", url = "/", headers } = asked;
    this.seen.push({ method, url, lastEventId: headers["last-event-id"] as string | undefined });
    if (this.failing) {
      asked.resume();
      response.writeHead(this.failing).end();
      return;
    }
    const onward = request(this.#backend + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      response.flushHeaders();
      if (answer.headers["content-type"]?.startsWith("text/event-stream")) {
        this.#streams.set(response, answer);
      }
      answer.on("error", () => response.destroy());
      answer.on("aborted", () => response.destroy());
      answer.pipe(response);
    });
    onward.on("error", () => (response.headersSent ? response.destroy() : fail(response)));
    response.on("close", () => {
      this.#streams.delete(response);
      onward.destroy();
    });
    asked.pipe(onward);
  }
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of asked) body += chunk;
  return body;
}

function fail(response: ServerResponse): void {
  response.writeHead(502).end();
}
