// A TCP proxy that resets connections in the middle of a stream.

import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { atEnd } from "./helpers.js";

export interface CuttingProxy {
  origin: string;
  /** How many connections it has reset. */
  cuts: number;
  /** How many GET requests have come. */
  asked: number;
}

/** Resets so many streams, each after some bytes; what is no stream goes through. */
export async function cuttingProxy(
  target: string,
  { cuts, after }: { cuts: number; after: number },
): Promise<CuttingProxy> {
  const proxy: CuttingProxy = { origin: "", cuts: 0, asked: 0 };
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(target).port), "127.0.0.1");
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {}).on("close", () => open.delete(socket));
    }
    client.on("data", (chunk: Buffer) => {
      if (chunk.toString("latin1", 0, 4) === "GET ") proxy.asked += 1;
    });
    client.pipe(upstream);
    let streamed = -Infinity;
    upstream.on("data", (chunk: Buffer) => {
      if (chunk.includes("content-type: text/event-stream")) streamed = 0;
      streamed += chunk.length;
      if (streamed <= after || proxy.cuts >= cuts) {
        client.write(chunk);
        return;
      }
      // Half of what has come still arrives.
      client.write(chunk.subarray(0, chunk.length / 2), () => client.resetAndDestroy());
      upstream.destroy();
      proxy.cuts += 1;
      streamed = -Infinity;
    });
    upstream.on("end", () => client.end());
    client.on("close", () => upstream.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  proxy.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  atEnd(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((done) => server.close(done));
  });
  return proxy;
}
