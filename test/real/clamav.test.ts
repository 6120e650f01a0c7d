import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Clamd } from "../../src/clients/clamd.ts";
import { openClamav } from "../../src/collectors/clamav-engine.ts";
import { foundBy, imageOf } from "../../src/collectors/image/image.fixture.ts";
import { malwareCollector } from "../../src/collectors/image/malware.ts";
import type { ImageCollector } from "../../src/collectors/image-collector.ts";
import { eicar } from "../../src/formats/malware/eicar.ts";

/* Debian's clamd with signatures of our own, so that nothing is downloaded. */

const program = ["clamd", "/usr/sbin/clamd"].find((name) => spawnSync(name, ["--version"]).status === 0);
const marker = "plimsoll-marker-of-this-test-alone";
const listed = Buffer.from("a file that is known by its digest");
const streamMax = 1024 * 1024;

let folder = "";
let daemon: ChildProcess | undefined;
let port = 0;
const socket = () => join(folder, "clamd.ctl");

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function start(): Promise<void> {
  daemon = spawn(program!, ["--config-file", join(folder, "clamd.conf")], { stdio: "ignore" });
  for (let tries = 0; ; tries++) {
    try {
      await new Clamd({ path: socket() }, { connect: 500 }).ping();
      return;
    } catch (error) {
      if (tries > 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function stop(): Promise<void> {
  if (daemon === undefined || daemon.exitCode !== null) return;
  const gone = new Promise((resolve) => daemon?.once("exit", resolve));
  daemon.kill("SIGTERM");
  await gone;
}

describe.skipIf(!program)(`clamd${program ? "" : " (needs Debian's clamav-daemon)"}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-clamd-"));
    chmodSync(folder, 0o755);
    port = await freePort();
    writeFileSync(join(folder, "own.ndb"), `Plimsoll.Marker:0:*:${Buffer.from(marker).toString("hex")}\n`);
    const sha256 = createHash("sha256").update(listed).digest("hex");
    const eicarHash = createHash("md5").update(eicar).digest("hex");
    writeFileSync(join(folder, "own.hsb"), `${sha256}:${listed.length}:Plimsoll.Listed\n`);
    writeFileSync(join(folder, "own.hdb"), `${eicarHash}:${eicar.length}:Eicar-Test\n`);
    writeFileSync(
      join(folder, "clamd.conf"),
      [
        `LocalSocket ${socket()}`,
        "TCPAddr 127.0.0.1",
        `TCPSocket ${port}`,
        `DatabaseDirectory ${folder}`,
        `PidFile ${join(folder, "clamd.pid")}`,
        `StreamMaxLength ${streamMax}`,
        "Foreground yes",
        "SelfCheck 0",
        "",
      ].join("\n"),
    );
    await start();
  });
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(["unix", "tcp"])("over %s", (kind) => {
    const client = () => new Clamd(kind === "unix" ? { path: socket() } : { host: "127.0.0.1", port });
    it("answers", async () => {
      await client().ping();
      expect(await client().version()).toMatch(/^ClamAV \d+\.\d+\.\d+/);
    });
    it.each<[string, () => Uint8Array, string | undefined]>([
      ["a body signature", () => Buffer.from(`x ${marker} y`), "Plimsoll.Marker.UNOFFICIAL"],
      ["a digest", () => listed, "Plimsoll.Listed.UNOFFICIAL"],
      ["the EICAR test file", () => Buffer.from(eicar), "Eicar-Test.UNOFFICIAL"],
      [
        "a body signature after several chunks",
        () => Buffer.concat([Buffer.alloc(900_000), Buffer.from(marker)]),
        "Plimsoll.Marker.UNOFFICIAL",
      ],
      ["nothing", () => Buffer.from("nothing"), undefined],
      ["no bytes", () => Buffer.alloc(0), undefined],
    ])("finds %s", async (_what, bytes, signature) => {
      expect(await client().scan(bytes())).toEqual(
        signature === undefined ? { status: "clean" } : { status: "found", signature },
      );
    });
    it.each([streamMax + 1, 3 * streamMax, 30 * streamMax])(
      "refuses a stream of %d bytes, every time",
      async (size) => {
        for (let time = 0; time < 20; time++)
          expect(await client().scan(Buffer.alloc(size))).toEqual({
            status: "refused",
            reason: "larger than the daemon takes (StreamMaxLength)",
          });
      },
    );
  });

  it("finds malware in an image, and within a compressed file of it", async () => {
    const clamav = await openClamav(`unix:${socket()}`);
    const { matches, engines } = await foundBy<{
      matches: { path: string; rule: string; engine: string }[];
      engines: { engine: string; state: string; version?: string }[];
    }>(
      malwareCollector({ clamav }) as ImageCollector,
      await imageOf([{ "app/a": `x ${marker}`, "app/b": "nothing", "app/c.gz": gzipSync(`y ${marker}`) }]),
    );
    expect(matches.map(({ path, rule, engine }) => [path, rule, engine])).toEqual([
      ["/app/a", "Plimsoll.Marker.UNOFFICIAL", "clamav"],
      ["/app/c.gz", "Plimsoll.Marker.UNOFFICIAL", "clamav"],
    ]);
    expect(engines.find(({ engine }) => engine === "clamav")).toMatchObject({
      state: "ran",
      version: expect.stringMatching(/^ClamAV /),
    });
    // Without the makers' database its version does not tell what it knows.
    expect(clamav.isKeepable).toBe(false);
  });

  it("that is stopped meanwhile is told as absent", async () => {
    const clamav = await openClamav(`unix:${socket()}`);
    expect((await clamav.examine(Buffer.from(marker))).matches).toHaveLength(1);
    await stop();
    expect(await clamav.examine(Buffer.from(marker))).toMatchObject({ matches: [], unsearched: expect.any(String) });
    expect(clamav.state).toMatchObject({ state: "absent", asked: true });
  });
});
