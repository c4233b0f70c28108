import { defineConfig } from "vitest/config";
import { Summary } from "./test/summary.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    testTimeout: 30_000,
    reporters: ["default", new Summary()],
  },
});
