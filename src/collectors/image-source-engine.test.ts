import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archiveOf, fixtureConfig, fixtureLayer, json } from "../formats/image-archive/archive-fixture.ts";
import { readTar } from "../formats/tar.ts";
import { openImageSource } from "./image-sources.ts";

const layer = fixtureLayer({ "etc/motd": "hello" }, false);
const saved = archiveOf({
  "c.json": fixtureConfig([layer]),
  "l/layer.tar": layer.tar,
  "manifest.json": json([{ Config: "c.json", RepoTags: null, Layers: ["l/layer.tar"] }]),
});

let folder = "";
let engine: Server;
let breaksOff = false;
const asked: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-engine-"));
  asked.length = 0;
  breaksOff = false;
  engine = createServer((request, response) => {
    asked.push(decodeURIComponent(request.url ?? ""));
    if (!asked.at(-1)!.includes("/shop:1.0/")) {
      response.writeHead(404).end(JSON.stringify({ message: "No such image: other:1" }));
      return;
    }
    response.writeHead(200, { "content-type": "application/x-tar" });
    if (breaksOff) response.write(saved.subarray(0, 700), () => setTimeout(() => response.destroy(), 20));
    else response.end(saved);
  });
  await new Promise<void>((resolve) => engine.listen(join(folder, "engine.sock"), resolve));
});
afterEach(async () => {
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

function open(name: string) {
  const socket = `unix://${join(folder, "engine.sock")}`;
  return openImageSource(name, { environment: { DOCKER_HOST: socket, CONTAINER_HOST: socket }, cache: false });
}

async function scratchFiles(): Promise<string[]> {
  return (await readdir(tmpdir())).filter(
    (name) => name.startsWith(`plimsoll-${process.pid}-`) && name.endsWith(".tmp"),
  );
}

describe("an image of an engine", () => {
  it.each(["docker", "podman"])("is exported, read and leaves nothing behind (%s)", async (prefix) => {
    const source = await open(`${prefix}:shop:1.0`);
    expect(asked).toEqual(["/images/shop:1.0/get"]);
    expect(source).toMatchObject({ format: prefix, images: [{ references: ["shop:1.0"] }] });
    // Not even while it is open: whoever ends the process early leaves nothing behind either.
    expect(await scratchFiles()).toEqual([]);
    const paths = [];
    for await (const { path } of readTar(source.images[0]!.layers[0]!.open(), "layer")) paths.push(path);
    expect(paths).toEqual(["etc/motd"]);
    await source.close();
    expect(await scratchFiles()).toEqual([]);
  });

  it("is not there", async () => {
    await expect(open("docker:other:1")).rejects.toMatchObject({
      code: "TARGET_NOT_FOUND",
      message: expect.stringContaining("No such image: other:1"),
    });
    expect(await scratchFiles()).toEqual([]);
  });

  it("is not read by halves", async () => {
    breaksOff = true;
    await expect(open("docker:shop:1.0")).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(await scratchFiles()).toEqual([]);
  });

  it("needs an engine on this machine", async () => {
    const there = (DOCKER_HOST: string) => openImageSource("docker:a", { environment: { DOCKER_HOST } });
    await expect(there("ssh://user:secret@node-7")).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.not.stringContaining("secret"),
    });
    await expect(there("unix:///nonexistent/docker.sock")).rejects.toMatchObject({ code: "UNREACHABLE" });
  });
});
