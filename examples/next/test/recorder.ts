// A proxy that writes down each request, and can cut all connections.

import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Recorded {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  /** Of the answer; null while there is none. */
  status: number | null;
  /** Whether the client has gone before the answer was over. */
  isLeft: boolean;
}

export class Recorder {
  readonly seen: Recorded[] = [];
  /** All that was answered. */
  bodies = "";
  /** Where the requests go on to. */
  target;
  #sockets = new Set<Socket>();
  #server = createServer((incoming, response) => this.#pass(incoming, response));

  private constructor(target: string) {
    this.target = target;
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket.on("close", () => this.#sockets.delete(socket)));
    });
  }

  static async start(target: string): Promise<Recorder> {
    const recorder = new Recorder(target);
    await new Promise<void>((done) => recorder.#server.listen(0, "127.0.0.1", done));
    return recorder;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The requests whose path begins with this. */
  to(path: string): Recorded[] {
    return this.seen.filter(({ url }) => url.startsWith(path));
  }

  /** Cuts what is open now. New connections pass. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const stopped = new Promise((done) => this.#server.close(done));
    this.cut();
    await stopped;
  }

  #pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = incoming;
    const recorded: Recorded = { method, url, headers, status: null, isLeft: false };
    this.seen.push(recorded);
    const onward = request(this.target + url, { method, headers }, (answer) => {
      recorded.status = answer.statusCode!;
      response.writeHead(answer.statusCode!, answer.headers);
      response.flushHeaders();
      answer.on("data", (chunk: Buffer) => (this.bodies += chunk.toString("latin1")));
      answer.on("error", () => response.destroy()).pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => {
      recorded.isLeft = !response.writableFinished;
      onward.destroy();
    });
    incoming.pipe(onward);
  }
}
