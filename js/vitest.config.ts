import { defineConfig } from "vitest/config";
import { Summary } from "./test/summary.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    reporters: ["default", new Summary()],
  },
});
