import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["test/real/**"],
    testTimeout: 60_000,
    // One fewer by default, which on two processors is one.
    maxWorkers: availableParallelism(),
    reporters: process.env["CI"] ? ["default", "./scripts/closing-line.ts"] : ["default"],
  },
});
