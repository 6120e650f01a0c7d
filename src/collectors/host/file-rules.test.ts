import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WalkedFile } from "../host-walk.ts";
import { FileRules, mostListed } from "./file-rules.ts";

const walked = fc.record<WalkedFile>({
  folder: fc.constantFrom(
    "/usr/bin/",
    "/usr/lib/",
    "/usr/lib/systemd/system/",
    "/etc/cron.d/",
    "/home/a/",
    "/opt/",
    "/opt/app/",
    "/srv/x/node_modules/",
  ),
  name: fc.oneof(
    fc.constantFrom("gcc", "app", "node_modules", "lib.so", "a.service"),
    fc.stringMatching(/^[a-z]{1,6}(\.so)?$/),
  ),
  mode: fc.nat(0o7777),
  uid: fc.constantFrom(0, 1000, 4242, 100_010),
  gid: fc.constantFrom(0, 4343),
  size: fc.nat(10_000),
  kind: fc.constantFrom("file", "folder", "block", "socket"),
});

function told(files: readonly WalkedFile[]) {
  const rules = new FileRules(new Set([0]), new Set([0]), [[100_000, 165_536]]);
  for (const file of files) rules.note(file);
  return {
    setuid: rules.setuid(),
    worldWritable: rules.worldWritable(),
    count: rules.worldWritableCount,
    devices: rules.devices(),
    toolchain: rules.toolchain(),
    unowned: rules.unowned(),
    applications: rules.applications(),
    candidates: [...rules.candidates.keys()].sort(),
    homeBytes: rules.homeBytes,
  };
}

describe("rules on files", () => {
  it("tell the same whatever the order of the walk", () => {
    const unique = fc.uniqueArray(walked, { selector: ({ folder, name }) => folder + name, maxLength: 60 });
    fc.assert(
      fc.property(unique, fc.infiniteStream(fc.nat()), (files, keys) => {
        const order = files.map((file) => [keys.next().value, file] as const).sort(([a], [b]) => a - b);
        expect(told(order.map(([, file]) => file))).toEqual(told(files));
      }),
    );
  });

  it("name the first files by path where there are too many, and count all", () => {
    const files = Array.from({ length: 12_345 }, (_, index): WalkedFile => {
      const name = String(99_999 - index);
      return { folder: "/srv/", name, mode: 0o100666, uid: 0, gid: 0, size: 1, kind: "file" };
    });
    const { worldWritable, count } = told(files);
    expect([worldWritable.length, count, worldWritable[0]?.path]).toEqual([mostListed, 12_345, "/srv/87655"]);
    expect(worldWritable.at(-1)?.path).toBe("/srv/88154");
  });

  it("know owners by account or by a range that is mapped into containers", () => {
    const file = (name: string, uid: number): WalkedFile => ({
      folder: "/srv/",
      name,
      mode: 0o644,
      uid,
      gid: 0,
      size: 1,
      kind: "file",
    });
    expect(told([file("b", 4242), file("a", 4242), file("c", 100_010), file("d", 0)]).unowned).toEqual([
      { id: "uid 4242", count: 2, first: "/srv/a" },
    ]);
  });

  it("tell a file by the folder that it is in, also where the walk comes back to one", () => {
    const file = (folder: string, name: string, mode = 0o755): WalkedFile => ({
      folder,
      name,
      mode,
      uid: 0,
      gid: 0,
      size: 10,
      kind: "file",
    });
    const found = told([
      file("/usr/bin/", "gcc"),
      file("/usr/bin/x/", "gcc"),
      file("/usr/bin/", "gdb"),
      file("/usr/lib/", "libx.so.1.2", 0o644),
      file("/usr/lib/", "notes", 0o644),
      file("/usr/share/", "libx.so"),
      file("/etc/systemd/system/", "a.service", 0o644),
      file("/etc/cron.d/", "job", 0o644),
      file("/home/a/", "one"),
      file("/homes/", "two"),
      file("/opt/", "single"),
      file("/opt/app/lib/", "one"),
      file("/opt/app/", "two"),
    ]);
    expect(found.toolchain.map(({ path }) => path)).toEqual(["/usr/bin/gcc", "/usr/bin/gdb"]);
    expect(found.candidates).toEqual([
      "/etc/cron.d/job",
      "/etc/systemd/system/a.service",
      "/usr/bin/gcc",
      "/usr/bin/gdb",
      "/usr/bin/x/gcc",
      "/usr/lib/libx.so.1.2",
    ]);
    expect(found.homeBytes).toBe(10);
    expect(found.applications).toEqual([
      { path: "/opt/app", kind: "folder", files: 2 },
      { path: "/opt/single", kind: "folder", files: 1 },
    ]);
  });
});
