// A server of better-sse's: three events to each connection, after the last that the client has seen,
// of nine.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSession } from "better-sse";
import { atEnd } from "../helpers.js";

/** Starts one for this test, and returns its origin. */
export async function betterSse(): Promise<string> {
  const server = createServer(async (request, response) => {
    const last = Number(request.headers["last-event-id"] ?? 0);
    if (last >= 9) {
      response.writeHead(204).end();
      return;
    }
    const session = await createSession(request, response, { retry: 200 });
    for (let n = last + 1; n <= last + 3; n += 1) {
      // It sends JSON, in one line.
      session.push(`${n}\nzwölf`, n % 3 === 0 ? "tick" : "message", `${n}`);
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  atEnd(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
