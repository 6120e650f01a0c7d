import { afterEach, describe, expect, it } from "vitest";
import { FakeContainerd, type FakeContainerdFaults } from "../../test/fakes/containerd.ts";
import { fixtureLayer, LayoutFixture } from "../formats/image-archive/archive-fixture.ts";
import { imageCollectors } from "./image/index.generated.ts";
import { readImage } from "./image-reader.ts";
import { openImageSource } from "./image-sources.ts";

/** Text that does not compress to less than a few parts. */
const noise = Array.from({ length: 500 }, (_, at) => Math.sin(at)).join(" ");
const layer = fixtureLayer({ "lib/apk/db/installed": "P:musl\nV:1.2-r0\nA:x86_64\n\n", "etc/motd": noise });
const fixture = new LayoutFixture();
const image = fixture.addImage([layer]);
const index = fixture.addIndex([image]);
const blobs = Object.fromEntries(
  Object.entries(fixture.files).map(([path, bytes]) => [path.replace(/^blobs\//, "").replace("/", ":"), bytes]),
);
const content = {
  moby: { images: { "docker.io/library/other:1": image.digest }, blobs },
  "k8s.io": { images: { "docker.io/library/app:1": index.digest }, blobs },
  own: { images: { "docker.io/library/mine:latest": image.digest }, blobs },
};

let fake: FakeContainerd | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

async function started(held: Parameters<typeof FakeContainerd.start>[0] = content, faults: FakeContainerdFaults = {}) {
  fake = await FakeContainerd.start(held, faults);
  return (name: string, more: Record<string, string> = {}) =>
    openImageSource(`containerd:${name}`, {
      environment: { CONTAINERD_ADDRESS: `unix://${fake!.socket}`, ...more },
      cache: false,
    });
}

describe("an image of a running containerd", () => {
  it.each(["docker.io/library/app:1", "app:1", "other:1", "mine", image.digest])(
    "is found as %s, in whichever name space has it",
    async (name) => {
      const source = await (await started())(name);
      const { observations } = await readImage(source.images[0]!, source, imageCollectors);
      await source.close();
      expect(observations.find(({ fact }) => fact === "image/packages")).toMatchObject({
        value: { packages: [{ name: "musl", version: "1.2-r0" }] },
      });
      expect(source).toMatchObject({ format: "containerd", images: [{ manifestDigest: image.digest }] });
    },
  );

  it("has its layers read when they are asked for and not before", async () => {
    const source = await (await started())("app:1");
    expect(fake!.read).not.toContain(layer.digest);
    await readImage(source.images[0]!, source, imageCollectors);
    expect(fake!.read).toContain(layer.digest);
    await source.close();
  });

  it("is taken from the name space that was asked for", async () => {
    const other = fixture.addImage([fixtureLayer({ "etc/other": "1" })]);
    const all = Object.fromEntries(
      Object.entries(fixture.files).map(([path, bytes]) => [path.replace(/^blobs\//, "").replace("/", ":"), bytes]),
    );
    const open = await started({
      "k8s.io": { images: { "docker.io/library/app:1": image.digest }, blobs: all },
      mine: { images: { "docker.io/library/app:1": other.digest }, blobs: all },
    });
    const [first, second] = [await open("app:1"), await open("app:1", { CONTAINERD_NAMESPACE: "mine" })];
    expect([first, second].map(({ images }) => images[0]!.manifestDigest)).toEqual([image.digest, other.digest]);
    await first.close();
    await second.close();
  });

  it("is not there, or only without its layers", async () => {
    await expect((await started())("none:1")).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
    await fake!.stop();
    const { [layer.digest]: _layer, ...rest } = blobs;
    const open = await started({ "k8s.io": { images: { "docker.io/library/app:1": image.digest }, blobs: rest } });
    await expect(open("app:1")).rejects.toMatchObject({
      code: "UNSUPPORTED",
      hint: expect.stringContaining("discard_unpacked_layers"),
    });
  });

  it.each<[string, FakeContainerdFaults, string]>([
    ["denies permission", { status: "7" }, "AUTH_FAILED"],
    ["is not ready", { status: "14" }, "UNREACHABLE"],
    ["ends in the middle of a message", { cut: true }, "CORRUPT_INPUT"],
    ["sends parts in the wrong order", { shuffled: true }, "CORRUPT_INPUT"],
  ])("is not read where the service %s", async (_what, faults, code) => {
    const open = await started(content, faults);
    const read = open("app:1").then(async (source) => {
      await readImage(source.images[0]!, source, imageCollectors).finally(() => source.close());
    });
    await expect(read).rejects.toMatchObject({ code });
  });

  it("is not read where a blob is not what its digest says", async () => {
    const wrong = { ...blobs, [layer.digest]: fixtureLayer({ "etc/other": "1" }).blob };
    const open = await started({ own: { images: { "docker.io/library/app:1": image.digest }, blobs: wrong } });
    const source = await open("app:1");
    await expect(readImage(source.images[0]!, source, imageCollectors)).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
    });
    await source.close();
  });

  it("is not read where nothing listens", async () => {
    const environment = { CONTAINERD_ADDRESS: "/nonexistent/containerd.sock" };
    await expect(openImageSource("containerd:app:1", { environment, cache: false })).rejects.toMatchObject({
      code: "UNREACHABLE",
    });
  });
});
