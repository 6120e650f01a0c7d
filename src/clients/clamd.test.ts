import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ClamdFault, FakeClamd } from "../../test/fakes/clamd.ts";
import { AppError } from "../core/errors.ts";
import { Clamd, parseClamdAddress } from "./clamd.ts";

let daemon: FakeClamd;
beforeEach(async () => {
  daemon = await FakeClamd.start({ signatures: { marker: "Test.Marker.UNOFFICIAL" }, streamMaxLength: 1_000_000 });
});
afterEach(() => daemon.stop());

const client = (patience = {}) => new Clamd({ path: daemon.path }, patience);

describe("a ClamAV daemon", () => {
  it("tells its version, and that it is there", async () => {
    await client().ping();
    expect(await client().version()).toMatch(/^ClamAV 1\.4\.3\/27811\//);
  });
  it.each([
    ["nothing in particular", Buffer.from("nothing"), { status: "clean" }],
    ["no bytes at all", Buffer.alloc(0), { status: "clean" }],
    ["a signature", Buffer.from("the marker stands here"), { status: "found", signature: "Test.Marker.UNOFFICIAL" }],
    [
      "a signature in the last of several chunks",
      Buffer.concat([Buffer.alloc(700_000, 0x61), Buffer.from("marker")]),
      { status: "found", signature: "Test.Marker.UNOFFICIAL" },
    ],
    [
      "more than it takes",
      Buffer.alloc(1_100_000),
      { status: "refused", reason: "larger than the daemon takes (StreamMaxLength)" },
    ],
  ])("judges %s", async (_what, bytes, verdict) => expect(await client().scan(bytes)).toEqual(verdict));

  it.each<[ClamdFault, string, RegExp]>([
    ["silent", "UNREACHABLE", /no answer within 300 ms/],
    ["closes", "UNREACHABLE", /ended before the answer did|ECONNRESET|EPIPE/],
    ["breaks-off", "UNREACHABLE", /ended before the answer did|ECONNRESET|EPIPE/],
    ["garbage", "CORRUPT_INPUT", /answers INSTREAM with "HTTP/],
    ["endless", "LIMIT_EXCEEDED", /more than 4096 bytes/],
    ["cut", "UNREACHABLE", /ended before the answer did|ECONNRESET|EPIPE/],
  ])("that is %s is told as %s", async (fault, code, message) => {
    daemon.fault = fault;
    const failing = client(fault === "silent" ? { scan: 300 } : {}).scan(Buffer.alloc(300));
    await expect(failing).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
  it("that breaks off in the midst of a long stream, twice, and is alive, means that it is too long", async () => {
    daemon.fault = "breaks-off";
    expect(await client().scan(Buffer.alloc(8_000_000))).toEqual({
      status: "refused",
      reason: "larger than the daemon takes (StreamMaxLength)",
    });
    daemon.fault = "closes";
    await expect(client().scan(Buffer.alloc(8_000_000))).rejects.toMatchObject({ code: "UNREACHABLE" });
  });
  it("that closes on the end of a stream that is a little too long means the same", async () => {
    // The last bytes are with the kernel already when it closes: whether its answer can still be read is a matter of luck.
    daemon.fault = "leaves-the-end";
    for (let time = 0; time < 5; time++)
      expect(await client().scan(Buffer.alloc(1_000_001))).toEqual({
        status: "refused",
        reason: "larger than the daemon takes (StreamMaxLength)",
      });
  });
  it("that is another program is told as such", async () => {
    daemon.fault = "garbage";
    await expect(client().ping()).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
    await expect(client().version()).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
  });
  it("that is not there is told with its address and what to do", async () => {
    const absent = new Clamd({ path: `${daemon.path}.none` });
    await expect(absent.ping()).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringContaining(`unix:${daemon.path}.none`),
      hint: expect.stringContaining("clamd"),
    });
  });
});

describe("any answer", () => {
  it("is a verdict or an error that says what it was", async () => {
    const words = [
      "stream: ",
      "OK",
      " FOUND",
      "INSTREAM size limit exceeded.",
      " ERROR",
      "\0",
      "PONG",
      "ClamAV 1",
      "\r\n",
    ];
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(fc.constantFrom(...words)).map((parts) => Buffer.from(parts.join(""))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (answer) => {
        daemon.answer = answer;
        for (const ask of [client().ping(), client().version(), client().scan(Buffer.from("x"))]) {
          const result = await ask.catch((error: unknown) => error);
          if (result instanceof Error) expect(result).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("addresses", () => {
  it.each([
    ["unix:/run/clamav/clamd.ctl", { path: "/run/clamav/clamd.ctl" }],
    ["unix:///run/clamd", { path: "/run/clamd" }],
    ["tcp:127.0.0.1:3311", { host: "127.0.0.1", port: 3311 }],
    ["tcp://clam.example", { host: "clam.example", port: 3310 }],
    ["tcp:[::1]:3310", { host: "::1", port: 3310 }],
  ])("%s", (text, address) => expect(parseClamdAddress(text)).toEqual(address));
  it.each(["", "/run/clamd", "unix:clamd", "tcp:", "tcp:a:b", "tcp:a:0", "tcp:a:99999", "http://a:3310", "tcp:a b:1"])(
    "%j is none",
    (text) => expect(() => parseClamdAddress(text)).toThrow(/no address of a ClamAV daemon/),
  );
});
