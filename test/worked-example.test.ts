import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "plimsoll-example-"));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

it("the check that CONTRIBUTING adds as one file is found, judged and documented by its examples", () => {
  const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  const [, path, code] = /<!-- worked example: (\S+) -->\n```ts\n([\s\S]*?)```/.exec(text) ?? [];
  for (const folder of ["core", "facts", "checks", "catalog"])
    cpSync(join(root, "src", folder), join(copy, "src", folder), { recursive: true });
  mkdirSync(join(copy, "scripts"));
  for (const file of ["scripts/generate-registry.ts", "package.json"]) cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));

  writeFileSync(join(copy, path!), code!);

  run("tsx", ["scripts/generate-registry.ts"]);
  expect(readFileSync(join(copy, "src/checks/index.generated.ts"), "utf8")).toContain('"image/build-trigger"');
  const tested = run("vitest", ["run", "src/checks/checks.test.ts", "-t", "image/build-trigger"]);
  expect(tested).toMatch(/5 passed/);
}, 120_000);

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(join(root, "node_modules/.bin", program), args, {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
}
