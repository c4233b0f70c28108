import { defineConfig } from "vitest/config";
import { Summary } from "./test/summary.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    reporters: [process.env.CI ? "dot" : "default", new Summary()],
  },
});
