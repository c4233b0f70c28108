// The example server, the app in its production build, and what records the requests to both.

import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { Program } from "./program";
import { Recorder } from "./recorder";

const FOLDER = resolve(import.meta.dirname, "..");
/** The program of the example server. */
export const AXUM =
  process.env.SSE_GATE_EXAMPLE_AXUM ?? resolve(FOLDER, "../../target/debug/example-axum");

export interface Scene {
  /** What the browser asks for. */
  front: Recorder;
  /** What the app asks the example server for. */
  back: Recorder;
  app: Program;
  axum: Program;
  /** Starts the example server again, after its end. */
  restartAxum(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts all of it: client, `front`, app, `back`, example server. */
export async function startScene(...axumArgs: string[]): Promise<Scene> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const it of started.splice(0).reverse()) await it.stop();
  };
  const keep = <T extends { stop(): Promise<void> }>(it: T): T => {
    started.push(it);
    return it;
  };
  // A session outlives the server, if its data does.
  const env = { JWT_SECRET: randomBytes(32).toString("hex") };
  const startAxum = async (): Promise<[Program, string]> => {
    const command = [AXUM, "--addr", "127.0.0.1:0", ...axumArgs];
    const [axum, [, url]] = await Program.start(command, /listening on (\S+)/, env);
    return [keep(axum), url!];
  };
  try {
    const [axum, axumUrl] = await startAxum();
    const back = keep(await Recorder.start(axumUrl));
    const [app, appUrl] = await startApp(back.origin);
    keep(app);
    const front = keep(await Recorder.start(appUrl));
    const restartAxum = async () => void ([, back.target] = await startAxum());
    return { front, back, app, axum, restartAxum, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the app in front of a backend. */
export async function startApp(backend: string): Promise<[Program, string]> {
  const next = resolve(FOLDER, "node_modules/next/dist/bin/next");
  const [app, [, port]] = await Program.start(
    [process.execPath, next, "start", "-H", "127.0.0.1", "-p", "0"],
    /127\.0\.0\.1:(\d+)[^]*Ready/,
    { BACKEND_API_URL: backend, NEXT_TELEMETRY_DISABLED: "1" },
    FOLDER,
  );
  return [app, `http://127.0.0.1:${port}`];
}
