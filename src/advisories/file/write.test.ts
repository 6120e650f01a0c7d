import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { scratchFolder } from "../feed.fixture.ts";
import { linkOrCopy, realDisk, removeUnfinished } from "./write.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("a second name for a file", () => {
  const from = join(scratch, "one");
  writeFileSync(from, "content");
  const refusing = (code: string) => async () => {
    throw Object.assign(new Error(`${code}: no`), { code, syscall: "link" });
  };

  it("is a name of the same file", async () => {
    await realDisk.link(from, join(scratch, "two"));
    expect(statSync(join(scratch, "two")).ino).toBe(statSync(from).ino);
  });

  it.each(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EMLINK"])(
    "is a copy where the file system says %s",
    async (code) => {
      const to = join(scratch, code);
      await linkOrCopy(from, to, refusing(code));
      expect(readFileSync(to, "utf8")).toBe("content");
      expect(statSync(to).ino).not.toBe(statSync(from).ino);
    },
  );

  it.each(["ENOSPC", "EACCES", "EEXIST", "EIO"])("is none where it says %s", async (code) => {
    const to = join(scratch, code);
    await expect(linkOrCopy(from, to, refusing(code))).rejects.toMatchObject({ code });
    expect(readdirSync(scratch)).not.toContain(code);
  });
});

it("removes what killed writers left, and leaves alone what somebody may be writing still", async () => {
  const folder = join(scratch, "folder");
  mkdirSync(folder);
  const names = ["index.json", "index.json.unfinished-0123456789ab", "feeds.json.unfinished-ba9876543210"];
  for (const name of names) writeFileSync(join(folder, name), "{");
  utimesSync(join(folder, names[0]!), new Date(0), new Date(0));
  utimesSync(join(folder, names[1]!), new Date(0), new Date(0));
  await removeUnfinished(folder);
  expect(readdirSync(folder).sort()).toEqual([names[2], names[0]].sort());
});
