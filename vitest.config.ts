import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["test/real/**"],
    testTimeout: 60_000,
    reporters: process.env["CI"] ? ["default", "./scripts/closing-line.ts"] : ["default"],
  },
});
