// The command that starts both servers, with the development server.

import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cookieOf, post, send, signIn, Stream } from "./client";
import { Program } from "./program";
import { AXUM } from "./scene";
import { until } from "./until";

let run: Program;
let origin: string;

beforeAll(async () => {
  const port = await freePort();
  const env = { PORT: String(port), BACKEND_PORT: "0", SSE_GATE_EXAMPLE_AXUM: AXUM };
  const script = resolve(import.meta.dirname, "../run");
  [run] = await Program.start([script, "--dev"], /Ready/, env);
  origin = `http://127.0.0.1:${port}`;
}, 120_000);

afterAll(() => run?.stop());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

it(
  "the development server streams too, and writes no stream's id down",
  { timeout: 120_000 },
  async () => {
    const cookie = cookieOf(await signIn(origin));
    const json = { message: "What is a grant?", session_id: "test" };
    const answer = await post(`${origin}/api/chat/stream/initiate`, cookie, json);
    const { stream_id } = JSON.parse(answer.body);
    const stream = new Stream(`${origin}/api/chat/stream/${stream_id}`);
    await until("the answer begins", () => stream.events.length > 3);
    expect(stream.isOver).toBe(false);
    stream.kill();
    const page = await send(`${origin}/login`);
    expect(page.status).toBe(200);
    await until("the page is written down", () => run.output.includes("GET /login"));
    expect(run.output).not.toContain("sset1_");
  },
);

it("ending it ends both servers", async () => {
  const [, backend] = /the example server is at (\S+)/.exec(run.output)!;
  expect((await send(`${backend}/healthz`)).status).toBe(200);
  await run.stop("SIGINT");
  await expect(send(`${backend}/healthz`)).rejects.toThrow();
  await expect(send(`${origin}/login`)).rejects.toThrow();
});
