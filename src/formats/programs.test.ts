import { existsSync, readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { type ElfForm, elfImage } from "./elf.fixture.ts";
import { ElfFile, isElf } from "./elf.ts";
import { parsePackageNote } from "./elf-note.ts";
import { goPackages, parseGoBuildInfo } from "./go-build-info.ts";
import { parseRustAuditable } from "./rust-auditable.ts";

const fenced = (text: string) => Buffer.concat([Buffer.alloc(16, 1), Buffer.from(text), Buffer.alloc(16, 2)]);
const mark = Buffer.from("\xff Go buildinf:", "latin1");

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}

function inlineBlock(toolchain: string, modules: string): Buffer {
  const text = fenced(modules);
  return Buffer.concat([
    mark,
    Buffer.from([8, 2]),
    Buffer.alloc(16),
    varint(toolchain.length),
    Buffer.from(toolchain),
    varint(text.length),
    text,
  ]);
}

const modules = [
  "path\texample.com/app/cmd",
  "mod\texample.com/app\t(devel)\t",
  "dep\tgithub.com/BurntSushi/toml\tv1.2.3\th1:x=",
  "dep\tgithub.com/old/fork\tv0.1.0",
  "=>\tgithub.com/new/fork\tv0.2.0\th1:y=",
  "dep\tlocal.example/part\tv1.0.0",
  "=>\t./part\t\t",
  'build\t-ldflags="-X main.version=1.4.0 -s"',
  "build\tvcs.revision=abc",
  "",
].join("\n");

function goInfo(image: Buffer) {
  const info = parseGoBuildInfo(new ElfFile(image, "app"), "app");
  return info && { ...info, packages: goPackages(info).map(({ name, version }) => `${name}@${version}`) };
}

describe("Go build information", () => {
  const expected = [
    "stdlib@1.22.3",
    "example.com/app@v1.4.0",
    "github.com/BurntSushi/toml@v1.2.3",
    "github.com/new/fork@v0.2.0",
  ];

  it("is read in its inline form, with replacements and the version that the linker set", () => {
    const info = goInfo(elfImage({ ".go.buildinfo": inlineBlock("go1.22.3", modules) }));
    expect(info).toMatchObject({ toolchain: "go1.22.3", path: "example.com/app/cmd", packages: expected });
    expect(info?.settings.get("vcs.revision")).toBe("abc");
  });

  it("is found in data where section headers were stripped of their names", () => {
    expect(goInfo(elfImage({ ".data": inlineBlock("go1.22.3", modules) }))?.packages).toEqual(expected);
  });

  it.each<ElfForm>([{}, { is64: false }, { littleEndian: false }, { is64: false, littleEndian: false }])(
    "is read in its older form with pointers: %j",
    (form) => {
      const size = form.is64 === false ? 4 : 8;
      const text = fenced(modules);
      const pointer = (value: number) => {
        const bytes = Buffer.alloc(size);
        if (form.littleEndian === false) bytes.writeUInt32BE(value, size - 4);
        else bytes.writeUInt32LE(value, 0);
        return bytes;
      };
      const layout = (at: number) => {
        const strings = at + 32 + 4 * size;
        const head = Buffer.concat([
          mark,
          Buffer.from([size, form.littleEndian === false ? 1 : 0]),
          pointer(at + 32),
          pointer(at + 32 + 2 * size),
        ]);
        const stringHeaders = [pointer(strings), pointer(8), pointer(strings + 8), pointer(text.length)];
        return Buffer.concat([Buffer.concat([head], 32), ...stringHeaders, Buffer.from("go1.22.3"), text]);
      };
      // The section's own place is known once the image is laid out; its size does not depend on it.
      const first = new ElfFile(elfImage({ ".go.buildinfo": layout(0) }, form), "app").sections.find(
        ({ name }) => name === ".go.buildinfo",
      )!;
      expect(goInfo(elfImage({ ".go.buildinfo": layout(first.address) }, form))?.packages).toEqual(expected);
    },
  );

  it("tells which module holds the program where another one is the place of the build", () => {
    const holders = (...lines: string[]) => {
      const info = parseGoBuildInfo(
        new ElfFile(elfImage({ ".go.buildinfo": inlineBlock("go1.22.3", `${lines.join("\n")}\n`) }), "app"),
        "app",
      );
      return goPackages(info!)
        .filter(({ properties }) => properties?.["program"] === "yes")
        .map(({ name }) => name);
    };
    const build = "mod\texample.com/build\t(devel)\t";
    const tool = "dep\texample.com/tool\tv1.0.0\th1:x=";
    const deeper = "dep\texample.com/tool/cmd\tv1.1.0\th1:x=";
    expect(holders("path\texample.com/tool/cmd/x", build, tool)).toEqual(["example.com/tool"]);
    expect(holders("path\texample.com/tool/cmd/x", build, deeper, tool)).toEqual(["example.com/tool/cmd"]);
    expect(holders("path\texample.com/tool", build, tool, "=>\tfork.example/tool\tv1.2.0\th1:y=")).toEqual([
      "fork.example/tool",
    ]);
    expect(holders("path\texample.com/toolbox", build, tool)).toEqual([]);
    expect(holders("path\texample.com/build/cmd", build, tool)).toEqual([]);
    expect(holders("path\tcommand-line-arguments", build, tool)).toEqual([]);
    expect(holders(build, tool)).toEqual([]);
  });

  it("gives a main module without version none, and keeps one that has", () => {
    const version = (text: string) => goInfo(elfImage({ ".go.buildinfo": inlineBlock("go1.22.3", text) }))?.packages[1];
    expect(version("path\ta\nmod\texample.com/a\t(devel)\t\n")).toBe("example.com/a@(devel)");
    expect(version("path\ta\nmod\texample.com/a\tv1.0.0\th1:\n")).toBe("example.com/a@v1.0.0");
    expect(
      version('path\ta\nmod\texample.com/a\t(devel)\t\nbuild\t-ldflags="-X a.Version=1.0.0 -X b.version=2.0.0"\n'),
    ).toBe("example.com/a@(devel)");
  });

  it.each([
    ["go1.22.3", "1.22.3"],
    ["go1.20", "1.20"],
    ["go1.21rc2", "1.21rc2"],
    ["go1.20.1 X:boringcrypto", "1.20.1"],
    ["devel go1.23-abcdef Tue", "1.23-abcdef"],
  ])("names the standard library of %s by %s", (toolchain, version) => {
    expect(goInfo(elfImage({ ".go.buildinfo": inlineBlock(toolchain, modules) }))?.packages[0]).toBe(
      `stdlib@${version}`,
    );
  });

  it("is absent from programs of other languages", () => {
    expect(goInfo(elfImage({ ".data": Buffer.from("nothing") }))).toBeUndefined();
  });

  const compiler = new URL("../../node_modules/@typescript/typescript-linux-x64/lib/tsc", import.meta.url);
  it.skipIf(!existsSync(compiler))(
    "is read from a real program (skipped where the TypeScript compiler for linux-x64 is absent)",
    () => {
      const info = goInfo(readFileSync(compiler));
      expect(info?.path).toBe("github.com/microsoft/typescript-go/cmd/tsgo");
      expect(info?.packages).toContainEqual(expect.stringMatching(/^golang\.org\/x\/\w+@v\d/));
    },
  );
});

describe("crates of an auditable Rust program", () => {
  const list = {
    packages: [
      { name: "app", version: "0.1.0", source: "local", root: true, dependencies: [1] },
      { name: "serde", version: "1.0.1", source: "crates.io" },
      { name: "cc", version: "1.0.2", source: "crates.io", kind: "build" },
    ],
  };

  it("are read without those that only the build used", () => {
    const image = elfImage({ ".dep-v0": deflateSync(JSON.stringify(list)) });
    expect(parseRustAuditable(new ElfFile(image, "app"), "app")).toMatchObject([
      { name: "app", properties: { source: "local", root: "yes" } },
      { name: "serde", version: "1.0.1", type: "cargo", properties: {} },
    ]);
  });

  it("are refused where the section is damaged or a bomb", () => {
    for (const section of [Buffer.from("no zlib"), deflateSync(Buffer.alloc(64 * 1024 ** 2))]) {
      expect(() => parseRustAuditable(new ElfFile(elfImage({ ".dep-v0": section }), "app"), "app")).toThrow(AppError);
    }
  });
});

describe("package note", () => {
  it("names the package of a program", () => {
    const text = Buffer.from(
      '{"type":"rpm","name":"coreutils","version":"9.0-6.fc36","architecture":"x86_64","os":"fedora"}\0',
    );
    const numbers = Buffer.alloc(12);
    numbers.writeUInt32LE(4, 0);
    numbers.writeUInt32LE(text.length, 4);
    numbers.writeUInt32LE(0xcafe1a7e, 8);
    const image = elfImage({ ".note.package": Buffer.concat([numbers, Buffer.from("FDO\0"), text]) });
    expect(parsePackageNote(new ElfFile(image, "app"), "app")).toMatchObject({
      type: "rpm",
      name: "coreutils",
      version: "9.0-6.fc36",
      confidence: "medium",
    });
    expect(parsePackageNote(new ElfFile(elfImage({}), "app"), "app")).toBeUndefined();
  });
});

describe("ElfFile", () => {
  it("yields only AppErrors for damaged programs", () => {
    const image = elfImage({
      ".go.buildinfo": inlineBlock("go1.22.3", modules),
      ".dep-v0": deflateSync("{}"),
      ".note.package": Buffer.alloc(40),
    });
    const edits = fc.array(fc.tuple(fc.oneof(fc.nat(130), fc.nat(image.length - 1)), fc.nat(255)), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(edits, fc.option(fc.nat(image.length)), (changes, cut) => {
        const damaged = Buffer.from(image.subarray(0, cut ?? image.length));
        for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
        try {
          if (!isElf(damaged)) return;
          const elf = new ElfFile(damaged, "app");
          const info = parseGoBuildInfo(elf, "app");
          if (info) goPackages(info);
          parseRustAuditable(elf, "app");
          parsePackageNote(elf, "app");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
