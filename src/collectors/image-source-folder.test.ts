import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { imageOsRelease } from "../facts/image/os-release.ts";
import { imagePackages } from "../facts/image/packages.ts";
import { imagePrivilegedFiles } from "../facts/image/privileged-files.ts";
import { imageCollectors } from "./image/index.generated.ts";
import { readImage } from "./image-reader.ts";
import { openImageSource } from "./image-sources.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-root-"));
  await mkdir(join(root, "etc"));
  await mkdir(join(root, "usr/lib"), { recursive: true });
  await mkdir(join(root, "usr/bin"), { recursive: true });
  await mkdir(join(root, "lib/apk/db"), { recursive: true });
  await writeFile(join(root, "usr/lib/os-release"), "ID=alpine\nVERSION_ID=3.19.1\n");
  await symlink("../usr/lib/os-release", join(root, "etc/os-release"));
  await writeFile(join(root, "lib/apk/db/installed"), "P:musl\nV:1.2.4-r2\nA:x86_64\no:musl\n\n");
  await writeFile(join(root, "usr/bin/passwd"), "x");
  await chmod(join(root, "usr/bin/passwd"), 0o4755);
  await link(join(root, "usr/bin/passwd"), join(root, "usr/bin/passwd-too"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function read(name: string) {
  const source = await openImageSource(name, { cache: false });
  const { observations, target } = await readImage(source.images[0]!, source, imageCollectors);
  await source.close();
  const observation = (fact: { id: string }) => observations.find((one) => one.fact === fact.id);
  return { observation, target };
}

describe("a root file system in a folder", () => {
  it.each(["dir:", "rootfs:", ""])("is read as an image (%s)", async (prefix) => {
    const { observation } = await read(`${prefix}${root}`);
    expect(observation(imageOsRelease)).toMatchObject({ value: { id: "alpine", versionId: "3.19.1" } });
    expect(observation(imagePackages)).toMatchObject({
      value: { packages: [{ name: "musl", version: "1.2.4-r2", layer: 0 }] },
    });
    expect(observation(imagePrivilegedFiles)).toMatchObject({
      value: {
        files: [
          { path: "/usr/bin/passwd", mode: "4755" },
          { path: "/usr/bin/passwd-too", mode: "4755" },
        ],
      },
    });
  });

  it("has no configuration, which is not an empty one", async () => {
    const { observation } = await read(`dir:${root}`);
    for (const id of ["image/configuration", "image/base"])
      expect(observation({ id })).toMatchObject({ unavailable: expect.stringContaining("no image configuration") });
  });

  it("says that file capabilities were not read", async () => {
    const { observation } = await read(`dir:${root}`);
    expect(observation(imagePrivilegedFiles)).toMatchObject({
      value: { capabilitiesRead: false, files: expect.arrayContaining([expect.objectContaining({ kind: "setuid" })]) },
    });
  });

  it("is not left by links", async () => {
    const outside = await mkdtemp(join(tmpdir(), "plimsoll-outside-"));
    await writeFile(join(outside, "os-release"), "ID=stolen\n");
    await rm(join(root, "usr/lib/os-release"));
    await symlink(join(outside, "os-release"), join(root, "usr/lib/os-release"));
    await symlink(outside, join(root, "srv"));
    const { observation } = await read(`dir:${root}`);
    expect(JSON.stringify(observation(imageOsRelease))).not.toContain("stolen");
    await rm(outside, { recursive: true, force: true });
  });

  it("is not there", async () => {
    await expect(read("dir:/nonexistent/root")).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
    await expect(read(`dir:${root}/usr/bin/passwd`)).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
  });
});
