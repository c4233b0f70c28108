// A server of better-sse's: three events to each connection, after the last that the client has seen,
// of nine.
//
//     node serve.mjs

import { createServer } from "node:http";
import { createRequire } from "node:module";

// It is installed for the tests in `js`.
const require = createRequire(new URL("../../js/package.json", import.meta.url));
const { createSession } = require("better-sse");

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
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
