import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseApkInstalled, parseApkRepositories } from "./apk.ts";

const musl =
  "C:Q1abc=\nP:musl\nV:1.1.24-r2\nA:x86_64\nS:1\nI:2\nT:the musl c library\nU:https://musl.libc.org/\nL:MIT\no:musl\nm:Timo <timo@example.org>\nt:1\nc:abc\nF:lib\nR:libc.musl-x86_64.so.1\na:0:0:777\nZ:Q1x=\nR:ld-musl\nZ:Q1x=\n";

describe("parseApkInstalled", () => {
  it("reads name, version, origin, maintainer, licence and files", () => {
    expect(parseApkInstalled(`${musl}\n`, "installed")).toEqual([
      {
        name: "musl",
        version: "1.1.24-r2",
        type: "apk",
        architecture: "x86_64",
        sourceName: "musl",
        sourceVersion: "1.1.24-r2",
        vendor: "Timo <timo@example.org>",
        licenses: ["MIT"],
        fileCount: 2,
        ownedPaths: ["lib/libc.musl-x86_64.so.1", "lib/ld-musl"],
        properties: { commit: "abc" },
      },
    ]);
  });

  it("takes the package for its own origin where none is named", () => {
    expect(parseApkInstalled("P:a\nV:1-r0\n", "installed")[0]?.sourceName).toBe("a");
  });

  it("leaves virtual packages out", () => {
    const text =
      "P:.build-deps\nV:20200101.0\nA:noarch\n\nP:deps\nV:20200101.0\nT:virtual meta package\n\nP:a\nV:1-r0\n\n";
    expect(parseApkInstalled(text, "installed").map(({ name }) => name)).toEqual(["a"]);
  });

  it("keeps the records apart whatever they hold", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9+._-]{0,20}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word)), (pairs) => {
        const text = pairs.map(([name, version]) => `P:${name}\nV:${version}\n`).join("\n");
        expect(parseApkInstalled(text, "installed").map(({ name, version }) => [name, version])).toEqual(pairs);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseApkInstalled(text, "installed")));
  });
});

describe("parseApkRepositories", () => {
  it("reads URLs without tags and comments", () => {
    const text =
      "https://mirror.example/alpine/v3.11/main\n# https://mirror.example/x\n@edge https://mirror.example/alpine/edge/main\n\n";
    expect(parseApkRepositories(text)).toEqual([
      "https://mirror.example/alpine/v3.11/main",
      "https://mirror.example/alpine/edge/main",
    ]);
  });
});
