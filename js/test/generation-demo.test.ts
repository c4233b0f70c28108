// GenerationMonitor with the demo server, behind a proxy that resets its streams.

import { expect, it } from "vitest";
import { GenerationMonitor, GenerationService } from "../src/generation/index.js";
import { cuttingProxy } from "./cutting-proxy.js";
import { demo, hasDemo, signIn } from "./demo-server.js";
import { atEnd, HURRY, until } from "./helpers.js";

async function generate(origin: string, jwt: string): Promise<string> {
  const source = JSON.stringify({
    name: "Ada",
    born: 1815,
    tags: ["a", "b"],
    more: { deep: true },
  });
  const response = await fetch(`${origin}/generations`, {
    method: "POST",
    headers: { Authorization: `Bearer ${jwt}`, "Content-Type": "application/json" },
    body: JSON.stringify({ source, name: "Person" }),
  });
  return (await response.json()).generation_id;
}

it.skipIf(!hasDemo)("gets each record once and in order, however often it is cut", async () => {
  const origin = await demo("--pace", "20");
  const proxy = await cuttingProxy(origin, { cuts: 4, after: 1_500 });
  const jwt = await signIn(origin);
  const service = new GenerationService({ baseUrl: proxy.origin, accessToken: () => jwt });
  const monitor = new GenerationMonitor(await generate(origin, jwt), { service, ...HURRY });
  atEnd(() => monitor.stopStreaming());
  const numbers: number[] = [];
  const statuses: string[] = [];
  const errors: Error[] = [];
  let completed = 0;
  await monitor.startStreaming(
    (event) => {
      numbers.push((event as unknown as { seq: number }).seq);
      statuses.push(event.status);
    },
    (error) => errors.push(error),
    () => (completed += 1),
  );
  await until(
    () => completed === 1,
    () => ({ numbers, errors: errors.map(String) }),
  );
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(numbers.length).toBeGreaterThan(5);
  expect(statuses.at(-1)).toBe("completed");
  expect(errors).toEqual([]);
  expect(proxy.cuts).toBe(4);
});

it.skipIf(!hasDemo)("is refused another user's generation, and one that is not there", async () => {
  const origin = await demo();
  const alice = await signIn(origin);
  const bob = await signIn(origin, "bob");
  const service = new GenerationService({ baseUrl: origin, accessToken: () => bob });
  const id = await generate(origin, alice);
  await expect(service.getSSEToken(id)).rejects.toMatchObject({ status: 403 });
  await expect(service.getSSEToken("none")).rejects.toMatchObject({ status: 404 });
});
