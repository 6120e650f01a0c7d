import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { unbzip2 } from "../../src/formats/bzip2.ts";

const isThere = spawnSync("bzip2", ["--help"]).error === undefined;

/** Contents that lead to several blocks, to long runs, and to blocks that cannot be made smaller. */
const contents: Readonly<Record<string, Buffer>> = {
  "random bytes": randomBytes(1_500_000),
  zeros: Buffer.alloc(20_000_000),
  "every length of run": Buffer.concat(
    Array.from({ length: 600 }, (_, length) => Buffer.alloc(length, length & 1 ? "a" : "b")),
  ),
  text: Buffer.from(Array.from({ length: 100_000 }, (_, line) => `line ${line} of ${line * 7919}\n`).join("")),
};

it
  .skipIf(!isThere)
  .each(Object.entries(contents).flatMap(([name, bytes]) => [1, 9].map((level) => [name, level, bytes] as const)))(
  isThere ? "%s at level %i come out as bzip2 took them in" : "%s at level %i (absent: the program bzip2)",
  async (_, level, bytes) => {
    const packed = spawnSync("bzip2", [`-${level}`, "-c"], { input: bytes, maxBuffer: 1 << 26 }).stdout;
    async function* source() {
      for (let at = 0; at < packed.length; at += 65_536) yield packed.subarray(at, at + 65_536);
    }
    const pieces: Buffer[] = [];
    for await (const piece of unbzip2(source(), "packed.bz2")) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  },
  60_000,
);
