import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** Which folders of src each folder may import from besides itself. This is the architecture. */
const mayImport: Record<string, readonly string[]> = {
  core: [],
  catalog: ["core"],
  facts: ["core"],
  formats: ["core"],
  clients: ["core", "formats"],
  advisories: ["core", "formats", "clients"],
  trust: ["core", "formats", "clients"],
  collectors: ["core", "facts", "formats", "clients", "advisories", "trust"],
  analysis: ["core", "facts", "formats", "advisories", "catalog"],
  checks: ["core", "facts"],
  policy: ["core", "facts", "catalog"],
  reporters: ["core", "facts", "catalog", "policy"],
  enforce: ["core", "facts", "formats", "clients", "trust", "collectors", "analysis", "checks", "policy", "catalog"],
  server: [
    "core",
    "facts",
    "catalog",
    "policy",
    "reporters",
    "advisories",
    "analysis",
    "checks",
    "collectors",
    "enforce",
  ],
  cli: [
    "core",
    "facts",
    "formats",
    "clients",
    "advisories",
    "trust",
    "collectors",
    "analysis",
    "checks",
    "policy",
    "reporters",
    "catalog",
    "enforce",
    "server",
  ],
};

/** Floors that touch nothing outside the process. */
const pure = ["core", "catalog", "facts", "formats", "analysis", "checks", "policy", "reporters"];
const outside = /^(node:)?(fs|net|http|https|http2|child_process|dns|tls|dgram|worker_threads|os)(\/|$)|^undici/;

const src = fileURLToPath(new URL("../src/", import.meta.url));
const files = readdirSync(src, { recursive: true })
  .map((path) => String(path).replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.endsWith(".generated.ts"));

function specifiersOf(file: string): string[] {
  const text = readFileSync(join(src, file), "utf8");
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier!);
}

describe("each file keeps to its floor", () => {
  it.each(files)("%s", (file) => {
    const floor = file.split("/")[0]!;
    expect(mayImport, `no floor is named ${floor}`).toHaveProperty(floor);
    for (const specifier of specifiersOf(file)) {
      if (specifier === "../../package.json") continue;
      if (specifier.startsWith(".")) {
        const other = normalize(join(dirname(file), specifier)).split("/")[0]!;
        if (other !== floor) expect(mayImport[floor], `${file} imports ${specifier}`).toContain(other);
      } else if (pure.includes(floor)) {
        expect(specifier, `${file} is on a pure floor`).not.toMatch(outside);
      }
    }
  });
});

it("every folder of src is a floor", () => {
  const floors = new Set(files.map((file) => file.split("/")[0]!));
  for (const floor of floors) expect(Object.keys(mayImport)).toContain(floor);
});

it("commands are only spawned where an enforcement or a tool needs it", () => {
  const spawning = files.filter((file) => specifiersOf(file).some((specifier) => /child_process/.test(specifier)));
  expect(spawning).toEqual([]);
});

it("facts are named by their path", async () => {
  const facts = files.filter((file) => /^facts\/\w+\/.+\.ts$/.test(file));
  for (const file of facts) {
    const module: Record<string, unknown> = await import(join(src, file));
    for (const exported of Object.values(module)) {
      if (typeof exported === "object" && exported !== null && "id" in exported && "schema" in exported) {
        expect(exported.id).toBe(file.slice("facts/".length, -3));
      }
    }
  }
});
