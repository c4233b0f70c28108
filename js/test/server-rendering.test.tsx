// Both hooks on a server, where there is no page.

import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { useEventStream, useStreaming } from "../src/react/index.js";
import { aMoment, serve } from "./helpers.js";
import { status } from "./scripted-server.js";

it("both hooks render on a server, and open nothing", async () => {
  const server = await serve(status(500));
  function Page() {
    const { isStreaming } = useStreaming({ initiateUrl: server.url("/ask") });
    // A path is no whole URL, and there is no page that it could count from.
    const whole = useEventStream({ url: server.url("/a") });
    const path = useEventStream({ url: "/a" });
    return <p>{`${isStreaming} ${whole.status.state} ${path.status.state}`}</p>;
  }
  expect(renderToString(<Page />)).toBe("<p>false connecting connecting</p>");
  await aMoment();
  expect(server.seen).toEqual([]);
});
