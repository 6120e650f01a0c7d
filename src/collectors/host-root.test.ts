import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HostRoot, ReadBuffer } from "./host-root.ts";
import { walkHost } from "./host-walk.ts";

const folder = mkdtempSync(join(tmpdir(), "host-root-"));
const root = new HostRoot(join(folder, "root"), "host/x", false);

beforeAll(() => {
  mkdirSync(join(folder, "root/usr/lib"), { recursive: true });
  mkdirSync(join(folder, "root/etc"));
  writeFileSync(join(folder, "outside"), "secret of the machine");
  writeFileSync(join(folder, "root/usr/lib/os-release"), "ID=made\n");
  symlinkSync("../usr/lib/os-release", join(folder, "root/etc/os-release"));
  symlinkSync("/usr/lib", join(folder, "root/lib"));
  symlinkSync("../../outside", join(folder, "root/etc/escape"));
  symlinkSync(folder, join(folder, "root/etc/folder"));
  symlinkSync("loop-b", join(folder, "root/etc/loop-a"));
  symlinkSync("loop-a", join(folder, "root/etc/loop-b"));
  execFileSync("mkfifo", [join(folder, "root/etc/pipe")]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a host's root", () => {
  it("follows links inside it, absolute ones too", async () => {
    expect(await root.text("/etc/os-release")).toBe("ID=made\n");
    expect(await root.text("/lib/os-release")).toBe("ID=made\n");
    expect((await root.lstat("/lib/os-release"))?.isFile()).toBe(true);
  });

  it("never leaves it by a link", async () => {
    expect(await root.read("/etc/escape")).toMatchObject({ missing: "absent" });
    expect(await root.read("/etc/folder/outside")).toMatchObject({ missing: "absent" });
    expect(await root.read("/../../outside")).toMatchObject({ missing: "absent" });
    expect(await root.lstat("/etc/folder/outside")).toBeUndefined();
    expect([...(await root.readEach("/etc", ["escape", "os-release"])).keys()]).toEqual([]);
  });

  it("refuses links that lead in a circle", async () => {
    expect(await root.read("/etc/loop-a")).toMatchObject({ missing: "unreadable" });
  });

  it("does not wait for a pipe", async () => {
    expect(await root.read("/etc/pipe")).toEqual({ text: "" });
    expect([...(await root.readEach("/etc", ["pipe"])).keys()]).toEqual([]);
  });

  it("reads files of every size whole, and no more than it may", async () => {
    for (const size of [0, 1, 3_999, 4_000, 4_001, 70_000, 300_000]) {
      writeFileSync(join(folder, "root/etc/big"), "x".repeat(size));
      expect((await root.text("/etc/big"))?.length).toBe(size);
      const each = (await root.readEach("/etc", ["big"])).get("big");
      expect(each).toMatchObject({ text: "x".repeat(size) });
    }
    expect(await root.read("/etc/big", 1_000)).toMatchObject({
      missing: "unreadable",
      reason: expect.stringContaining("1000 bytes"),
    });
  });

  it("reads files one after another into the same memory and gives that back", async () => {
    writeFileSync(join(folder, "root/usr/lib/large"), Buffer.alloc(200_000, 7));
    const place = new ReadBuffer();
    const read = async (path: string, most?: number) => {
      const result = await root.readBytes(path, most, place);
      return "bytes" in result ? result.bytes : Buffer.from(result.missing);
    };
    const first = await read("/usr/lib/os-release");
    expect(Buffer.from(first).toString()).toBe("ID=made\n");
    const large = await read("/usr/lib/large");
    expect([large.length, large.every((byte) => byte === 7)]).toEqual([200_000, true]);
    const again = await read("/usr/lib/os-release");
    expect(Buffer.from(again).toString()).toBe("ID=made\n");
    expect(again.buffer).toBe(large.buffer);
    expect(Buffer.from(await read("/usr/lib/large", 1000)).toString()).toBe("unreadable");
    place.release();
    expect([large.length, again.length]).toEqual([0, 0]);
    expect((await read("/usr/lib/large")).length).toBe(200_000);
    rmSync(join(folder, "root/usr/lib/large"));
  });

  it("is walked once, without links and container storage", async () => {
    mkdirSync(join(folder, "root/var/lib/docker/overlay2"), { recursive: true });
    writeFileSync(join(folder, "root/var/lib/docker/overlay2/file"), "");
    const seen: string[] = [];
    const walk = await walkHost(root, ({ folder: at, name, kind }) => seen.push(`${at}${name} ${kind}`));
    expect(seen.sort()).toEqual([
      "/etc folder",
      "/etc/big file",
      "/etc/pipe pipe",
      "/usr folder",
      "/usr/lib folder",
      "/usr/lib/os-release file",
      "/var folder",
      "/var/lib folder",
    ]);
    expect(walk).toMatchObject({ skipped: ["/var/lib/docker"], unseen: 0 });
  });

  it("is walked by a relative path too, and whoever runs meanwhile finds the process in its own folder", async () => {
    for (let index = 0; index < 1200; index++) mkdirSync(join(folder, `root/wide/${index}`), { recursive: true });
    const home = process.cwd();
    const met: string[] = [];
    const watch = setInterval(() => met.push(process.cwd()), 0);
    let seen = 0;
    try {
      const near = new HostRoot(relative(home, join(folder, "root")), "host/x", false);
      await walkHost(near, () => void seen++);
    } finally {
      clearInterval(watch);
      rmSync(join(folder, "root/wide"), { recursive: true });
    }
    expect(seen).toBeGreaterThan(1200);
    expect(new Set([...met, process.cwd()])).toEqual(new Set([home]));
  });

  it("stops a walk when it is told to", async () => {
    const controller = new AbortController();
    controller.abort();
    for (let index = 0; index < 600; index++) mkdirSync(join(folder, `root/many/${index}`), { recursive: true });
    expect(await walkHost(root, () => undefined, controller.signal)).toMatchObject({ stopped: "it was interrupted" });
  });

  it("finds files whose names are no UTF-8, and what lies in folders of such names", async () => {
    const bytes = (text: string) => Buffer.from(join(folder, "root", text), "latin1");
    mkdirSync(bytes("odd/fold\xe4r"), { recursive: true });
    writeFileSync(bytes("odd/fold\xe4r/\xff\xc3\xa9"), "within");
    symlinkSync("\u00fc", bytes("odd/link\xfe"));
    const seen: string[] = [];
    const walk = await walkHost(
      root,
      ({ folder: at, name, size }) => void (at.startsWith("/odd/") && seen.push(`${at}${name} ${size > 0}`)),
    );
    expect([seen.sort().at(-1), walk.unseen]).toEqual(["/odd/fold\udce4r/\udcff\u00e9 true", 0]);
    expect(await root.list("/odd")).toEqual({ names: ["fold\udce4r", "link\udcfe"] });
    expect(await root.text("/odd/fold\udce4r/\udcff\u00e9")).toBe("within");
    expect([...(await root.readEach("/odd/fold\udce4r", ["\udcff\u00e9"])).values()]).toEqual([{ text: "within" }]);
    expect(await root.linkTarget("/odd/link\udcfe")).toBe("\u00fc");
    expect([...(await root.linkTargets("/odd", ["link\udcfe", "fold\udce4r"]))]).toEqual([["link\udcfe", "\u00fc"]]);
    expect((await root.lstat("/odd/fold\udce4r/\udcff\u00e9"))?.size).toBe(6);
    rmSync(join(folder, "root/odd"), { recursive: true });
  });
});
