import { describe, expect, it } from "vitest";
import { survivesAnyBytes, survivesAnyText } from "../../../test/hostile-input.ts";
import {
  installedPackages,
  offeredInPieces,
  offeredPackages,
  parseAptConfiguration,
  parseRelease,
  parseSourcesList,
  parseSourcesParagraphs,
} from "./apt.ts";
import { cronCommands } from "./cron.ts";
import { efiFlag, testKeyMarks } from "./efi-variable.ts";
import { parseKernelConfig } from "./kernel-config.ts";
import { parseKeyValues } from "./key-value.ts";
import { currentLockdown } from "./lockdown.ts";
import { cloudOf, hypervisorOf, parseCpuInfo } from "./machine.ts";
import { moduleName, parseModprobe } from "./modprobe.ts";
import { parsePam } from "./pam.ts";

describe("PAM", () => {
  it("reads controls, brackets, includes and continued lines", () => {
    expect(
      parsePam(
        "auth [success=1 default=ignore] pam_unix.so \\\n nullok\n@include common-account\n-session optional /lib/security/pam_systemd.so # c\n",
        "f",
      ),
    ).toEqual([
      {
        type: "auth",
        control: "success=1 default=ignore",
        module: "pam_unix.so",
        arguments: ["nullok"],
        optionalModule: false,
      },
      { include: "common-account" },
      { type: "session", control: "optional", module: "pam_systemd.so", arguments: [], optionalModule: true },
    ]);
  });
  it("refuses what is no rule", () =>
    expect(() => parsePam("auth", "f")).toThrow(expect.objectContaining({ code: "CORRUPT_INPUT" })));
  it("answers any text", () =>
    survivesAnyText(
      (text) => parsePam(text, "f"),
      ["auth ", "[", "]", "required ", "pam_unix.so", "\n", "\\", "@include x", "#"],
    ));
});

describe("apt", () => {
  it("finds wanted packages in an index", () => {
    const index = Buffer.from(
      "Package: a\nVersion: 1.2\nArchitecture: amd64\n\nPackage: ab\nVersion: 3\nArchitecture: all\nDescription: x\n Package: no\n\nPackage: b\nVersion: 4\nArchitecture: amd64\n",
    );
    expect(offeredPackages(index, new Set(["a", "b", "no"]))).toEqual([
      { name: "a", version: "1.2", architecture: "amd64" },
      { name: "b", version: "4", architecture: "amd64" },
    ]);
    expect(offeredPackages(new Uint8Array(), new Set(["a"]))).toEqual([]);
  });
  it("finds the same however an index is cut", async () => {
    const index = Buffer.from(
      Array.from({ length: 30 }, (_, number) => `Package: p${number}\nVersion: ${number}.1\nArchitecture: all\n`).join(
        "\n",
      ),
    );
    const wanted = new Set(["p0", "p7", "p29"]);
    for (const size of [1, 2, 7, 50, 5_000]) {
      const pieces = Array.from({ length: Math.ceil(index.length / size) }, (_, at) =>
        index.subarray(at * size, (at + 1) * size),
      );
      expect(await offeredInPieces(pieces, wanted)).toEqual(offeredPackages(index, wanted));
    }
  });
  it("reads installed and held packages", () => {
    expect(
      installedPackages(
        "Package: a\nStatus: hold ok installed\nVersion: 1\nArchitecture: amd64\n\nPackage: b\nStatus: deinstall ok config-files\nVersion: 1\n",
      ),
    ).toEqual([{ name: "a", version: "1", architecture: "amd64", held: true }]);
  });
  it("reads sources of both forms", () => {
    expect(parseSourcesList("# no\ndeb [trusted=yes signed-by=/k.gpg] http://a.example/debian stable main\n")).toEqual([
      {
        uris: ["http://a.example/debian"],
        suites: ["stable"],
        components: ["main"],
        sourcesOnly: false,
        trusted: true,
        allowInsecure: false,
        signedBy: "/k.gpg",
        line: 2,
      },
    ]);
    expect(
      parseSourcesParagraphs(
        "Types: deb\nURIs: http://a.example\nSuites: s\n\nTypes: deb\nURIs: http://b.example\nSuites: s\nTrusted: yes\n\nURIs: x\nEnabled: no\n",
      ).map(({ uris, trusted, line }) => [uris[0], trusted, line]),
    ).toEqual([
      ["http://a.example", false, 1],
      ["http://b.example", true, 5],
    ]);
  });
  it("flattens configuration", () => {
    expect(
      parseAptConfiguration(
        'APT::Periodic::Enable "1"; // c\nAcquire { http { Proxy "p"; }; Check-Date "false"; };\n/* x */ A::B:: "1"; A::B:: "2"; L { "x"; "y"; };',
        "f",
      ),
    ).toEqual({
      "apt::periodic::enable": "1",
      "acquire::http::proxy": "p",
      "acquire::check-date": "false",
      "a::b": "1 2",
      l: "x y",
    });
  });
  it("reads the head of a release", () => {
    expect(
      parseRelease(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: Debian\nLabel: Debian-Security\nSuite: stable-security\nDate: Mon, 23 Nov 2026 11:22:38 UTC\n",
      ),
    ).toMatchObject({
      label: "Debian-Security",
      date: "2026-11-23T11:22:38.000Z",
      validUntil: undefined,
      signed: true,
    });
  });
  it("answers any text", () => {
    survivesAnyText(
      (text) => [
        offeredPackages(Buffer.from(text), new Set(["a"])),
        installedPackages(text),
        parseSourcesList(text),
        parseSourcesParagraphs(text),
        parseRelease(text),
      ],
      ["Package: a", "\n", "Version: 1", "deb ", "[", "]", "URIs: x", " "],
    );
    survivesAnyText(
      (text) => parseAptConfiguration(text, "f"),
      ["A", "::", "{", "}", ";", '"x"', "//", "/*", "*/", "\n", "#"],
    );
  });
});

describe("firmware variables", () => {
  it("reads flags behind their attributes", () => {
    expect(efiFlag(Uint8Array.of(6, 0, 0, 0, 1), "SecureBoot")).toBe(true);
    expect(efiFlag(Uint8Array.of(6, 0, 0, 0, 0), "SecureBoot")).toBe(false);
    expect(() => efiFlag(Uint8Array.of(6, 0, 0, 0), "SecureBoot")).toThrow(
      expect.objectContaining({ code: "CORRUPT_INPUT" }),
    );
    expect(() => efiFlag(Uint8Array.of(6, 0, 0, 0, 7), "SecureBoot")).toThrow(
      expect.objectContaining({ code: "CORRUPT_INPUT" }),
    );
  });
  it("finds test marks in ASCII and UTF-16", () => {
    expect(testKeyMarks(Buffer.from("CN=DO NOT TRUST - AMI Test PK"))).toEqual(["DO NOT TRUST"]);
    expect(testKeyMarks(Buffer.from("do not ship", "utf16le"))).toEqual(["DO NOT SHIP"]);
    expect(testKeyMarks(Buffer.from("CN=Example"))).toEqual([]);
  });
  it("answers any bytes", () => survivesAnyBytes((bytes) => efiFlag(bytes, "x"), Uint8Array.of(6, 0, 0, 0, 1)));
});

describe("small files", () => {
  it("reads crontabs of both forms", () => {
    expect(cronCommands("# c\nPATH=/bin\n5 * * * * root run it%in\n@daily bob x y\n", true)).toEqual([
      { user: "root", command: "run it" },
      { user: "bob", command: "x y" },
    ]);
    expect(cronCommands("*/5 * * * * /tmp/x -v\n", false)).toEqual([{ user: "", command: "/tmp/x -v" }]);
  });
  it("reads modprobe rules", () => {
    const rules = parseModprobe("blacklist usb-storage\ninstall dccp /bin/false\ninstall x /sbin/y\n");
    expect([[...rules.blacklisted], [...rules.disabled]]).toEqual([["usb_storage"], ["dccp"]]);
    expect(moduleName("kernel/fs/cramfs/cram-fs.ko.xz")).toBe("cram_fs");
  });
  it("reads key values, kernel options, processors and modes", () => {
    expect(parseKeyValues('A=1\nB = "x y"\n#C=3\nA=2', "=")).toEqual({ A: "2", B: "x y" });
    expect(parseKeyValues("UMASK 027\n", " ")).toEqual({ UMASK: "027" });
    expect(parseKernelConfig('CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C="t"\n')).toEqual({ A: "y", C: "t" });
    expect(
      parseCpuInfo("model name\t: X\nmicrocode\t: 0x1\nflags\t\t: fpu hypervisor\n\nmodel name : Y\n"),
    ).toMatchObject({ model: "X", microcode: "0x1", flags: new Set(["fpu", "hypervisor"]) });
    expect(currentLockdown("none [integrity] confidentiality")).toBe("integrity");
    expect(hypervisorOf({ sys_vendor: "QEMU" }, undefined, "")).toBe("kvm");
    expect(cloudOf({ sys_vendor: "Amazon EC2" })).toBe("amazon");
  });
  it("keeps hostile names as data", () => {
    expect(Object.getPrototypeOf(parseKeyValues("__proto__=1", "="))).toBe(Object.prototype);
    survivesAnyText(
      (text) => [
        cronCommands(text, true),
        parseModprobe(text),
        parseKeyValues(text, "="),
        parseKernelConfig(text),
        parseCpuInfo(text),
        currentLockdown(text),
      ],
      ["* * * * * ", "root ", "\n", "=", "install ", ":", "["],
    );
  });
});
