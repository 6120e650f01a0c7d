import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WalkedFile } from "../host-walk.ts";
import { FileRules, mostListed } from "./file-rules.ts";

const walked = fc.record<WalkedFile>({
  path: fc
    .tuple(
      fc.constantFrom("/usr/bin", "/usr/lib", "/etc/cron.d", "/home/a", "/opt/app", "/srv/x/node_modules"),
      fc.stringMatching(/^[a-z]{1,6}(\.so)?$/),
    )
    .map(([folder, name]) => `${folder}/${name}`),
  name: fc.constantFrom("gcc", "app", "node_modules", "lib.so"),
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
    const unique = fc.uniqueArray(walked, { selector: ({ path }) => path, maxLength: 60 });
    fc.assert(
      fc.property(unique, fc.infiniteStream(fc.nat()), (files, keys) => {
        const order = files.map((file) => [keys.next().value, file] as const).sort(([a], [b]) => a - b);
        expect(told(order.map(([, file]) => file))).toEqual(told(files));
      }),
    );
  });

  it("name the first files by path where there are too many, and count all", () => {
    const files = Array.from({ length: 12_345 }, (_, index): WalkedFile => {
      const path = `/srv/${String(99_999 - index)}`;
      return { path, name: "x", mode: 0o100666, uid: 0, gid: 0, size: 1, kind: "file" };
    });
    const { worldWritable, count } = told(files);
    expect([worldWritable.length, count, worldWritable[0]?.path]).toEqual([mostListed, 12_345, "/srv/87655"]);
    expect(worldWritable.at(-1)?.path).toBe("/srv/88154");
  });

  it("know owners by account or by a range that is mapped into containers", () => {
    const file = (path: string, uid: number): WalkedFile => ({
      path,
      name: "x",
      mode: 0o644,
      uid,
      gid: 0,
      size: 1,
      kind: "file",
    });
    expect(
      told([file("/srv/b", 4242), file("/srv/a", 4242), file("/srv/c", 100_010), file("/srv/d", 0)]).unowned,
    ).toEqual([{ id: "uid 4242", count: 2, first: "/srv/a" }]);
  });
});
