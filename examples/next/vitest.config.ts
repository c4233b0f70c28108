import { defineConfig } from "vitest/config";
import { Summary } from "../../js/test/summary.js";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: ["test/**/*.test.ts"],
    // Each file has servers, and one of them a browser: one after the other.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: [process.env.CI ? "dot" : "default", new Summary()],
  },
});
