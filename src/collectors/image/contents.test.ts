import { describe, expect, it } from "vitest";
import type { z } from "zod";
import type { imageAccounts } from "../../facts/image/accounts.ts";
import type { imageContents } from "../../facts/image/contents.ts";
import type { ImageCollector } from "../image-collector.ts";
import accounts from "./accounts.ts";
import contents from "./contents.ts";
import { foundBy, imageOf, observed } from "./image.fixture.ts";

type Contents = z.output<typeof imageContents.schema>;
type Accounts = z.output<typeof imageAccounts.schema>;
const contentsCollector = contents as ImageCollector;
const accountsCollector = accounts as ImageCollector;

describe("the contents of an image", () => {
  it("name tools by what they are for, removed ones not", async () => {
    const program = { content: "x", mode: 0o755 };
    const image = await imageOf([
      {
        "bin/busybox": program,
        "bin/sh": { link: "busybox" },
        "usr/bin/gcc-12": program,
        "usr/bin/x86_64-linux-gnu-ld": program,
        "usr/bin/curl": program,
        "sbin/apk": program,
        "usr/share/curl": program,
        "usr/bin/app": program,
      },
      { "usr/bin/.wh.curl": "" },
    ]);
    const { programs, entries, bytes } = await foundBy<Contents>(contentsCollector, image);
    expect(programs.map(({ path, purpose }) => `${path} ${purpose}`)).toEqual([
      "/bin/busybox shell",
      "/bin/sh shell",
      "/sbin/apk package-manager",
      "/usr/bin/gcc-12 compiler",
      "/usr/bin/x86_64-linux-gnu-ld compiler",
    ]);
    expect([entries, bytes]).toEqual([7, 6]);
  });
  it("name caches as a whole", async () => {
    const image = await imageOf([
      {
        "var/lib/apt/lists/mirror.example_dists_Packages": "12345",
        "var/lib/apt/lists/mirror.example_dists_Release": "12345",
        "var/lib/apt/lists/partial/": "",
        "var/lib/apt/lists/lock": "",
        "var/cache/apk/APKINDEX.ab.tar.gz": "1",
        "root/.cache/pip/http/a/b": "12",
        "root/.npm/_cacache/index/x": "123",
        "var/cache/dnf/x/y": "1",
      },
    ]);
    const { caches } = await foundBy<Contents>(contentsCollector, image);
    expect(caches.map(({ path, manager, files, bytes }) => `${path} ${manager} ${files} ${bytes}`).sort()).toEqual([
      "/root/.cache/pip pip 1 2",
      "/root/.npm npm 1 3",
      "/var/cache/apk apk 1 1",
      "/var/cache/dnf dnf 1 1",
      "/var/lib/apt/lists apt 2 10",
    ]);
  });
});

describe("the accounts of an image", () => {
  const passwd = "root:x:0:0:root:/root:/bin/ash\napp:x:1000:1000::/app:/sbin/nologin\n";
  it("are those of the last /etc/passwd, links followed", async () => {
    const image = await imageOf([
      { "etc/passwd": "old:x:1:1::/:/x\n", "usr/lib/passwd": passwd },
      { "etc/passwd": { link: "../usr/lib/passwd" } },
    ]);
    expect((await foundBy<Accounts>(accountsCollector, image)).users.map(({ name, uid }) => `${name} ${uid}`)).toEqual([
      "root 0",
      "app 1000",
    ]);
  });
  it("are none without the file and unavailable when it is damaged", async () => {
    expect(await foundBy<Accounts>(accountsCollector, await imageOf([{ a: "x" }]))).toEqual({
      present: false,
      isKnown: true,
      users: [],
    });
    expect(await observed(accountsCollector, await imageOf([{ "etc/passwd": "root:x\n" }]))).toMatchObject({
      unavailable: expect.stringMatching(/passwd/),
    });
  });
});
