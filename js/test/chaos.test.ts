// 10,000 random schedules of faults, in virtual time: nothing is lost or doubled, and attempts are bounded.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SecureEventSource } from "../src/index.js";
import { Faults } from "./faults.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SCHEDULES = 10_000;
const EVENTS = 12;

/** The most attempts in a minute: one every `floor` milliseconds. */
const MAX_PER_MINUTE = 120;

/** Follows a stream through faults to its end; the events, and when attempts were made. */
async function follow(seed: number, isResumable: boolean) {
  const server = new Faults(seed, EVENTS, isResumable);
  const data: string[] = [];
  const source = new SecureEventSource("http://server.test/s", {
    fetch: server.fetch,
    mint: async () => server.mint(),
    heartbeatTimeout: 5_000,
  });
  source.onmessage = (event) => data.push(event.data);
  for (let turns = 0; source.readyState !== 2; turns += 1) {
    if (turns > 10_000) throw new Error(`seed ${seed}: it does not end; ${JSON.stringify(data)}`);
    await vi.advanceTimersByTimeAsync(250);
  }
  return { data, attempts: server.attempts, reason: source.status.reason };
}

/** The most attempts within any minute. */
function densest(attempts: number[]): number {
  let from = 0;
  return attempts.reduce((most, at, to) => {
    while (at - attempts[from]! >= 60_000) from += 1;
    return Math.max(most, to - from + 1);
  }, 0);
}

it.each([
  ["resumes", true],
  ["mints anew", false],
])(
  "G10, I17: a stream that %s has each event once, whatever fails",
  { timeout: 300_000 },
  async (_, isResumable) => {
    const expected = Array.from({ length: EVENTS }, (_, n) => `event ${n + 1}`);
    let most = 0;
    for (let seed = 0; seed < SCHEDULES / 2; seed += 1) {
      const { data, attempts, reason } = await follow(seed, isResumable);
      expect(data, `seed ${seed}`).toEqual(expected);
      expect(reason, `seed ${seed}`).toBe("complete");
      most = Math.max(most, densest(attempts));
    }
    console.log(`the most attempts in a minute: ${most}`);
    expect(most).toBeLessThanOrEqual(MAX_PER_MINUTE);
    expect(most).toBeGreaterThan(2);
  },
);
