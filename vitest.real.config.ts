import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/real/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Suites start daemons and measure: one at a time.
    fileParallelism: false,
    reporters: process.env["CI"] ? ["default", "./scripts/closing-line.ts"] : ["default"],
  },
});
