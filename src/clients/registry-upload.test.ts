import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ArtifactRegistry } from "../../test/fakes/artifact-registry.ts";
import { openUpload, type RepositoryUpload } from "./registry-upload.ts";

const bytes = Buffer.from("some bytes");
const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const ann = { PLIMSOLL_REGISTRY_USER: "ann", PLIMSOLL_REGISTRY_PASSWORD: "secret", HOME: "/nonexistent" };

let registry: ArtifactRegistry;
let upload: RepositoryUpload | undefined;
beforeEach(async () => {
  registry = await ArtifactRegistry.start();
});
afterEach(async () => {
  await upload?.close();
  await registry.stop();
  upload = undefined;
});

async function open(environment: Readonly<Record<string, string>> = ann, mountFrom?: string) {
  // In clear from the start: only tests of finding the protocol need the attempt over TLS.
  const all = { ...environment, PLIMSOLL_PLAIN_HTTP: registry.host };
  upload = await openUpload(registry.host, "shop/cart", { environment: all, mountFrom });
  return upload;
}

describe("writing to a repository", () => {
  it("sends a blob once and puts a manifest under a tag", async () => {
    const repository = await open();
    expect(await repository.has(digest)).toBe(false);
    await repository.send(digest, bytes);
    expect(await repository.has(digest)).toBe(true);
    expect(registry.blobs.get("shop/cart")?.get(digest)).toEqual(bytes);
    await repository.tag("1", "application/vnd.oci.image.manifest.v1+json", Buffer.from("{}"));
    expect(registry.manifests.get("shop/cart:1")).toEqual(Buffer.from("{}"));
    expect(registry.seen.some((line) => /^PUT .*state=x&digest=sha256/.test(line))).toBe(true);
  });

  it("finds out by itself that this machine's registry speaks no TLS", async () => {
    upload = await openUpload(registry.host, "shop/cart", { environment: ann });
    expect(await upload.has(digest)).toBe(false);
  });

  it("mounts where it may, and says where it may not", async () => {
    registry.behaviour = { authentication: "bearer" };
    registry.blobs.set("base/image", new Map([[digest, bytes]]));
    const repository = await open(ann, "base/image");
    expect(await repository.mount(digest, "base/image")).toBe(true);
    expect(await repository.mount(digest.replace(/.$/, "x"), "base/image")).toBe(false);
    expect(registry.seen).toContainEqual(
      expect.stringMatching(/token\?.*cart%3Apull%2Cpush\+repository%3Abase%2Fimage/),
    );
  });

  it("asks again when the registry is busy, and gives up when it stays so", async () => {
    const repository = await open();
    registry.behaviour = { refuses: { status: 503, times: 4 } };
    expect(await repository.has(digest)).toBe(false);
    registry.behaviour = { refuses: { status: 429, times: 99 } };
    await expect(repository.has(digest)).rejects.toMatchObject({
      code: "UNREACHABLE",
      hint: expect.stringContaining("limits how often") as string,
    });
  });

  it("is refused without credentials, and names where they were looked for", async () => {
    registry.behaviour = { authentication: "basic" };
    const repository = await open({ HOME: "/nonexistent" });
    await expect(repository.send(digest, bytes)).rejects.toMatchObject({
      code: "AUTH_FAILED",
      hint: expect.stringContaining("docker login") as string,
    });
  });

  it("sends nothing to another origin in clear", async () => {
    registry.behaviour = { authentication: "basic", uploadsAt: "http://elsewhere.invalid" };
    const repository = await open();
    await expect(repository.send(digest, bytes)).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringContaining("names no address to send it to") as string,
    });
  });

  it("says that nothing answers", async () => {
    const opened = openUpload("127.0.0.1:1", "shop/cart", { environment: ann });
    await expect(opened).rejects.toMatchObject({ code: "UNREACHABLE", hint: expect.any(String) as string });
  });
});
