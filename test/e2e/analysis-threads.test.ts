import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { writeMadeImage } from "../made-images.ts";

const program = fileURLToPath(new URL("../../bin/plimsoll", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "plimsoll-threads-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hasYara(): boolean {
  try {
    createRequire(import.meta.url).resolve("@litko/yara-x");
    return true;
  } catch {
    return false;
  }
}

/** The observations of an image, with so many threads to help. */
function observations(image: string, rules: string, workers: number): string {
  const facts = join(folder, `facts-${workers}.json`);
  const options = ["--no-cache", "--no-report-dir", "--exit-code", "0", "--yara-rules", rules, "--save-facts", facts];
  const { stderr, status } = spawnSync(
    process.execPath,
    [program, "assess", "image", image, "-f", "json", ...options],
    {
      encoding: "utf8",
      env: { ...process.env, PLIMSOLL_WORKERS: String(workers) },
      maxBuffer: 2 ** 28,
    },
  );
  expect([0, 3], stderr).toContain(status);
  const saved = JSON.parse(readFileSync(facts, "utf8")) as { observations: object[] };
  expect(saved.observations.length).toBeGreaterThan(10);
  return JSON.stringify(saved.observations);
}

it("worker threads of the built program find what the main thread finds, with the user's rules too", async () => {
  const rules = join(folder, "own.yar");
  writeFileSync(rules, 'rule Marked { strings: $a = "plimsoll marks this" condition: $a }\n');
  const filler = Object.fromEntries(
    Array.from({ length: 400 }, (_, at) => [`srv/app/file-${at}.txt`, `${at}: nothing to see here\n`.repeat(500)]),
  );
  const image = await writeMadeImage(join(folder, "image.tar"), {
    reference: "example/threads:1",
    created: "2025-01-01T00:00:00Z",
    layers: [
      { createdBy: "COPY . /", files: { ...filler, "etc/os-release": "ID=alpine\nVERSION_ID=3.20.0\n" } },
      {
        createdBy: "COPY app /app",
        files: {
          "app/settings.env": "DB_PASSWORD=k3Jq8Xw2Lm5Vt9Zb\n",
          "app/marked": "plimsoll marks this",
          "app/node_modules/a/package.json": '{"name":"a","version":"1.0.0"}',
        },
      },
    ],
  });
  const alone = observations(image, rules, 0);
  expect(alone).toContain("/app/settings.env");
  expect(alone).toContain("pkg:npm/a@1.0.0");
  if (hasYara()) expect(alone).toContain("Marked");
  expect(observations(image, rules, 2)).toBe(alone);
}, 60_000);
