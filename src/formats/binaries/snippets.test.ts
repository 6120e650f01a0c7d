import { readdirSync, readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { classifyProgram, mayBeKnownProgram } from "./classify.ts";

const snippets = sharedData("binary-snippets");

/** Programs whose folder has another name than the advisories give them. */
const names: Readonly<Record<string, string>> = {
  "go-version-hint": "go",
  "haskell-ghc": "ghc",
  "istio_pilot-agent": "istio",
  "istio_pilot-discovery": "istio",
  "java-jre-openjdk-arm64-eclipse": "java",
  "java-jre-oracle-sdk": "java",
  "php-apache": "php",
  postgres: "postgresql",
  "python-duplicates": "python",
  "python-with-incorrect-match": "python",
  "redis-server": "redis",
  "rust-libstd": "rust-std",
  "rust-libstd-musl": "rust-std",
  "valkey-server": "valkey",
};

/** Files whose bytes do not hold the version that their folder has, with what they tell instead. */
const without: Readonly<Record<string, string | undefined>> = {
  // Their whole content is a placeholder: `fake 1`.
  "busybox/1.3.6/linux-amd64/busybox": undefined,
  "busybox/1.3.6/linux-arm64/busybox": undefined,
  "postgres/9.6.10/linux-amd64/postgres": undefined,
  // A launcher and the Go command without their version; `application.ini` and `VERSION` beside them have it.
  "firefox/151.0/linux-amd64/firefox": undefined,
  "go-version-hint/1.21/any/go": undefined,
  "go-version-hint/1.25/any/bin/go": undefined,
  // The tag of the image was a development one; the program calls itself 1.7.0.
  "fluent-bit/1.7.0-dev-3/linux-amd64/fluent-bit": "fluent-bit 1.7.0",
};

const header = "### byte snippet to follow ###\n";

function contentOf(path: string): Uint8Array {
  const bytes = readFileSync(`${snippets}/${path}`);
  const at = bytes.indexOf(header);
  return at < 0 ? bytes : bytes.subarray(at + header.length);
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => statSync(`${folder}/${path}`).isFile())
    .sort();
}

function piecesOf(files: readonly string[], program: string): string[] {
  return files.filter((path) => path.startsWith(`${program}/`));
}

describe.skipIf(!snippets)(`pieces of real programs${snippets ? "" : " (no shared data: binary-snippets)"}`, () => {
  const files = snippets === undefined ? [] : filesOf(snippets);
  const programs = [...new Set(files.map((path) => path.split("/")[0]!))];
  const counted = programs.map((program) => [program, piecesOf(files, program).length] as const);

  it.each(counted)("%s: each of %i pieces yields its name and version", (program) => {
    for (const path of piecesOf(files, program)) {
      const expected = path in without ? without[path] : `${names[program] ?? program} ${path.split("/")[1]}`;
      const told = classifyProgram(path, contentOf(path)).packages.map((one) => `${one.name} ${one.version}`);
      expect(told, path).toEqual(expected === undefined ? [] : [expected]);
    }
  });

  it("that tell nothing hold no version: placeholders, a launcher and a command whose folder has it in another file", () => {
    const texts = Object.keys(without).map((path) => [path, Buffer.from(contentOf(path)).toString("latin1")] as const);
    const versionBeside = (path: string) => {
      const folder = path.split("/").slice(0, 3).join("/");
      const beside = files.filter((other) => other !== path && other.startsWith(`${folder}/`));
      return beside.flatMap((other) => classifyProgram(other, contentOf(other)).packages.map(({ version }) => version));
    };
    for (const [path, text] of texts) {
      const version = path.split("/")[1]!;
      expect(text, path).not.toContain(version);
      if (/^fake \d$/.test(text)) continue;
      if (path.startsWith("fluent-bit/")) expect(text).toMatch(/\x001\.7\.0\0/);
      else expect(versionBeside(path), path).toContain(version);
    }
    expect(texts.filter(([, text]) => /^fake \d$/.test(text))).toHaveLength(3);
  });

  it("are all asked for by name, and 124 of 131 are identified by the version of their folder", () => {
    for (const path of files)
      expect(mayBeKnownProgram(path, 1000, 0o755), path).toBe(path !== "firefox/151.0/linux-amd64/firefox");
    const identified = files.filter(
      (path) => classifyProgram(path, contentOf(path)).packages[0]?.version === path.split("/")[1],
    );
    expect({ files: files.length, identified: identified.length }).toEqual({ files: 131, identified: 124 });
  });
});
