import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { classifyProgram, hasKnownProgramName, mayBeKnownProgram, programRules } from "./classify.ts";
import { programPieces } from "./programs.fixture.ts";

const program = 0o755;
const elf = "\x7fELF\x02\x01\x01\0";

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

function told(path: string, text: string): string | undefined {
  const [found] = classifyProgram(path, bytesOf(text)).packages;
  return found && `${found.name} ${found.version}`;
}

describe("programs without a package", () => {
  it.each(programPieces)("%s with %j is %s %s", (path, text, name, version) => {
    expect(told(path, text)).toBe(`${name} ${version}`);
  });

  it("knows at least 40 programs and has a made-up piece of each", () => {
    const names = new Set(programRules.map(({ name }) => name));
    expect(names.size).toBeGreaterThanOrEqual(40);
    const pieces = new Set(programPieces.map(([, , name]) => name));
    const sameBytes = [
      "kubelet",
      "kubeadm",
      "kube-proxy",
      "kube-apiserver",
      "kube-scheduler",
      "kube-controller-manager",
    ];
    const beats = ["auditbeat", "heartbeat", "metricbeat", "packetbeat"];
    expect([...names].filter((name) => !pieces.has(name)).sort()).toEqual([...sameBytes, ...beats].sort());
  });

  it("tells the version among other bytes and far into a file just as well", () => {
    const programs = programPieces.filter(([path]) => !/VERSION|\.(h|app|ini)$|release$|elixir$/.test(path));
    const others = fc.uint8Array({ max: 0x2d, maxLength: 200 });
    fc.assert(
      fc.property(fc.constantFrom(...programs), others, fc.nat(70_000), ([path, text, name, version], bytes, far) => {
        const noise = Buffer.from(bytes).toString("latin1");
        expect(told(path, `${elf}${noise}${"\0".repeat(far)}${text}\0${noise}`), path).toBe(`${name} ${version}`);
      }),
      { numRuns: 1000 },
    );
  });

  it("says nothing of a program with the name of another", () => {
    for (const [path] of programPieces)
      expect(told(path, `${elf}\0hello, world\0GCC: (GNU) 12.2.0\0`), path).toBeUndefined();
  });

  it("reports a linked program of a telling name without a version, and no script", () => {
    expect(classifyProgram("usr/bin/redis-server", bytesOf(`${elf}\0nothing`)).problem).toMatch(/named like redis/);
    expect(classifyProgram("usr/bin/redis-server", bytesOf("#!/bin/sh\nexec x\n")).problem).toBeUndefined();
    expect(classifyProgram("usr/bin/mount", bytesOf(`${elf}\0nothing`)).problem).toBeUndefined();
  });

  it("is no further from the end where nothing is told: a number before a point is passed once", () => {
    for (const text of ["\x0012345.6\0", "\x00123456.7.8\0", "\x001.2\x001.2.3\x0012345.6.7\0"])
      expect(() => told("usr/bin/caddy", text.repeat(1000))).not.toThrow();
  });

  it("does not choose between versions that are equally likely", () => {
    expect(told("usr/local/bin/helm", "\0v3.1.1\0\0v3.1.2\0")).toBeUndefined();
    expect(told("usr/local/bin/runc", "\x001.1.1\0\0\x001.1.2\0")).toBeUndefined();
    expect(told("usr/local/bin/runc", "\0\x001.1.1\0\0\x001.1.1-rc.1\0")).toBeUndefined();
    expect(told("bin/grafana", "\0\x0012.0.1\0\0\x0012.0.1+security-01\0")).toBeUndefined();
  });

  it("gives a name for CPE ranges, lower confidence, and what else the bytes say", () => {
    const [java] = classifyProgram("jdk/bin/java", bytesOf("\x0017.0.9+9-LTS\0openjdk\0java\0")).packages;
    expect(java).toMatchObject({ type: "generic", confidence: "medium" });
    expect(java?.properties).toEqual({ build: "+9-LTS", cpe: "cpe:2.3:a:oracle:openjdk:17.0.9:*:*:*:*:*:*:*" });
    const [erlang] = classifyProgram("OTP_VERSION", bytesOf("27.0.1\n")).packages;
    expect(erlang?.properties?.["cpe"]).toBe("cpe:2.3:a:erlang:erlang\\/otp:27.0.1:*:*:*:*:*:*:*");
    const [ruby] = classifyProgram("bin/ruby", bytesOf("ruby 2.6.10p210 (2022-04-12)")).packages;
    expect(ruby?.properties?.["patchLevel"]).toBe("210");
    expect(classifyProgram("bin/runc", bytesOf("\0\x001.1.13\0")).packages[0]?.confidence).toBe("low");
  });
});

describe("which files are looked into", () => {
  it("asks for every file of the pieces", () => {
    for (const [path] of programPieces) {
      expect(mayBeKnownProgram(path, 5000, program), path).toBe(true);
      expect(hasKnownProgramName(path), path).toBe(true);
    }
  });

  it.each([
    "etc/passwd",
    "usr/bin/ls",
    "usr/bin/python3-config",
    "usr/lib/python3.12/os.py",
    "app/node_modules/a/index.js",
    "usr/lib/libc.so.6",
    "usr/bin/gcc-ar",
    "usr/lib/libpython3.12.a",
    "go",
  ])("leaves %s alone where it is no program", (path) => {
    expect(mayBeKnownProgram(path, 5000, 0o644)).toBe(false);
  });

  it("needs no permission to run for libraries and texts, and takes neither empty nor huge files", () => {
    expect(mayBeKnownProgram("usr/lib/libcrypto.so.3", 5000, 0o644)).toBe(true);
    expect(mayBeKnownProgram("opt/jdk/release", 500, 0o644)).toBe(true);
    expect(mayBeKnownProgram("opt/jdk/release", 10_000_000, 0o644)).toBe(false);
    expect(mayBeKnownProgram("usr/bin/node", 0, program)).toBe(false);
    expect(mayBeKnownProgram("usr/bin/node", limits.analysedFile + 1, program)).toBe(false);
  });
});

describe("bytes that nobody vouches for", () => {
  const paths = [...new Set(programPieces.map(([path]) => path))];

  it("yield plain JSON or an AppError", () => {
    const piece = fc.constantFrom(...programPieces.map(([, text]) => text));
    const text = fc.array(
      fc.oneof(piece, fc.string({ unit: "binary", maxLength: 30 }), fc.constantFrom("\0", ".", "1.2.3", "v1.", elf)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), text, (path, parts) => {
        const found = classifyProgram(path, bytesOf(parts.join("")));
        expect(found.packages.length).toBeLessThanOrEqual(1);
        expect(JSON.parse(JSON.stringify(found))).toEqual(found);
        for (const { version } of found.packages) expect(version).toMatch(/^[0-9][0-9A-Za-z._+~-]{0,99}$/);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["usr/bin/envoy", "\x001.2.3"],
    ["usr/bin/helm", "\0v1.2.3x"],
    ["usr/bin/mysqld", "mysql-percona-server-mariadb-"],
    ["usr/bin/redis-server", "\x001.2.3a-1valkey1.2.3Redis version "],
    ["usr/bin/java", "openjdk\0java\x001.8\x001.8.0_"],
    ["erts/bin/beam.smp", "\x0027.1.2.3\0Erlang/OTP 27%s Erlang/OTP 26%s"],
    ["usr/bin/python3", "1.2.3.4.5.6.7.8.9.10."],
    ["usr/bin/gcc", "\x001.2.3\0(GCCCC CCCC /onlinedocs/gcc-1.2"],
    ["usr/bin/perl", "/perl5/site_perl/5.1.2.3"],
    ["usr/bin/postgres", "PostgreSQL 1.2 (PostgreSQL) (((((("],
  ])("take time in proportion: %s of %j", (path, pattern) => {
    const large = Buffer.alloc(100_000_000, pattern, "latin1");
    let outcome: unknown = "nothing";
    try {
      outcome = classifyProgram(path, large);
    } catch (error) {
      outcome = error;
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).code).toBe("LIMIT_EXCEEDED");
    }
    expect(outcome).toBeDefined();
    // A pattern that backtracks over the whole input would need hours.
  });
});
