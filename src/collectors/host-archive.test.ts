import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { type FixtureEntry, tarOf } from "../formats/tar/tar-fixture.ts";
import { unpackHostArchive } from "./host-archive.ts";

const isRoot = process.getuid?.() === 0;
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-archive-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function archive(...entries: FixtureEntry[]): string {
  const path = join(folder, "host.tar.gz");
  writeFileSync(path, gzipSync(tarOf(entries)));
  return path;
}
const directory = (name: string, more: Partial<FixtureEntry> = {}) => ({ name, type: "5", mode: 0o755, ...more });
const rest = [
  { name: "usr/bin/sh", content: "elf" },
  { name: "usr/lib/os-release", content: "ID=debian\n" },
  { name: "var/lib/dpkg/status", content: "" },
];
const release = { name: "etc/os-release", content: "ID=debian\n", mode: 0o644 };

it.skipIf(isRoot)("an archive of a host needs root's rights (skipped as root)", async () => {
  await expect(unpackHostArchive(archive(release))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});

describe.skipIf(!isRoot)(`an archive of a host${isRoot ? "" : " (skipped: needs root)"}`, () => {
  it("is unpacked with owners, rights, links and what a later entry replaces, and removed again", async () => {
    const host = await unpackHostArchive(
      archive(
        ...rest,
        directory("etc/", { mode: 0o700, uid: 5, gid: 6 }),
        release,
        { name: "usr/bin/su", content: "elf", mode: 0o4755, uid: 0 },
        { name: "usr/bin/link", type: "1", link: "usr/bin/su" },
        { name: "home/a/.ssh/authorized_keys", content: "old", mode: 0o666, uid: 1000, gid: 1000 },
        { name: "home/a/.ssh/authorized_keys", content: "new", mode: 0o600, uid: 1000, gid: 1000 },
        { name: "bin", type: "2", link: "usr/bin" },
        { name: "dev/null", type: "3" },
      ),
    );
    const of = (path: string) => lstatSync(join(host.root, path));
    expect([of("etc").mode & 0o7777, of("etc").uid, of("etc").gid]).toEqual([0o700, 5, 6]);
    expect(of("usr/bin/su").mode & 0o7777).toBe(0o4755);
    expect(of("usr/bin/link").ino).toBe(of("usr/bin/su").ino);
    expect([of("home/a/.ssh/authorized_keys").uid, of("home/a/.ssh/authorized_keys").mode & 0o7777]).toEqual([
      1000, 0o600,
    ]);
    expect(readFileSync(join(host.root, "home/a/.ssh/authorized_keys"), "utf8")).toBe("new");
    expect(readlinkSync(join(host.root, "bin"))).toBe("usr/bin");
    expect(host.leftOut).toBe(1);
    expect(lstatSync(host.root).mode & 0o077).toBe(0);
    await host.close();
    expect(existsSync(host.root)).toBe(false);
  });
  it("may lie in one folder", async () => {
    const host = await unpackHostArchive(
      archive(...[...rest, release].map((entry) => ({ ...entry, name: `node-1/${entry.name}` }))),
    );
    expect(readFileSync(join(host.root, "etc/os-release"), "utf8")).toBe("ID=debian\n");
    await host.close();
    expect(existsSync(host.root)).toBe(false);
  });
  it("puts nothing outside: neither by names nor through links nor by hard links", async () => {
    const outside = join(folder, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "kept"), "mine");
    const host = await unpackHostArchive(
      archive(
        ...rest,
        release,
        { name: "../../../../../../tmp/plimsoll-escape", content: "x" },
        { name: "etc/out", type: "2", link: outside },
        { name: "etc/out/planted", content: "x" },
        { name: "etc/copy", type: "1", link: "etc/out/kept" },
        { name: "etc/out", content: "a file takes the link's place" },
      ),
    );
    expect(existsSync(join(outside, "planted"))).toBe(false);
    expect(readFileSync(join(outside, "kept"), "utf8")).toBe("mine");
    expect(existsSync(join(host.root, "etc/copy"))).toBe(false);
    expect(lstatSync(join(host.root, "etc/out")).isFile()).toBe(true);
    expect(existsSync("/tmp/plimsoll-escape")).toBe(false);
    expect(host.leftOut).toBe(3);
    await host.close();
  });
  it("that is cut off, none, no host's or of a part of one says so and leaves nothing behind", async () => {
    const whole = readFileSync(archive(release, { name: "etc/more", content: "x".repeat(5_000) }));
    for (const bytes of [
      whole.subarray(0, whole.length - 20),
      Buffer.from("no archive at all, only words".repeat(40)),
    ]) {
      const path = join(folder, "damaged.tar.gz");
      writeFileSync(path, bytes);
      await expect(unpackHostArchive(path)).rejects.toBeInstanceOf(AppError);
    }
    for (const [entries, lacks] of [
      [[{ name: "app/readme", content: "x" }], "etc, usr/bin, usr/lib, var/lib"],
      [[release, rest[0]!], "usr/lib, var/lib"],
    ] as const)
      await expect(unpackHostArchive(archive(...entries))).rejects.toMatchObject({
        code: "CORRUPT_INPUT",
        message: expect.stringContaining(`is no archive of a whole host: it lacks ${lacks}`),
      });
  });
});
