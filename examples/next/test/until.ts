// Waiting for conditions.

/** Waits until a condition holds, and returns its value; fails with a description after 20 seconds. */
export async function until<T>(what: string, holds: () => T | Promise<T>): Promise<NonNullable<T>> {
  const end = Date.now() + 20_000;
  for (;;) {
    const value = await holds();
    if (value) return value as NonNullable<T>;
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
