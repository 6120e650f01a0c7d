import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { parseSudoers } from "../../src/formats/host/sudoers.ts";

const scratch = mkdtempSync(join(tmpdir(), "sudoers-oracle-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const present = spawnSync("sh", ["-c", "command -v visudo"]).status === 0;

const words = fc.constantFrom(
  ..."alice|%ops|ALL|=|(|root|)|:|,|NOPASSWD:|/bin/ls|/bin/cat *|a=b|!|env_reset|User_Alias|OPS|#1000|web|-=|+=|sudoedit|/etc/motd".split(
    "|",
  ),
);
/** A statement with one or two words taken out, put in or replaced. */
const changed = fc
  .tuple(
    fc.constantFrom("alice ALL = ( root ) NOPASSWD: /bin/ls , /bin/cat *", "Defaults env_reset , timestamp_timeout=5"),
    fc.array(fc.tuple(fc.nat(9), fc.constantFrom(0, 1), fc.option(words)), { minLength: 1, maxLength: 2 }),
  )
  .map(([line, changes]) => {
    const parts = line.split(" ");
    for (const [at, removed, word] of changes) parts.splice(at, removed, ...(word === null ? [] : [word]));
    return parts.join(" ");
  });

describe("sudoers", () => {
  // The other way round we read more than sudo does: what it refuses grants nothing, and visudo names it.
  it.skipIf(!present)(
    present
      ? "what visudo accepts is read whole"
      : "what visudo accepts is read whole (skipped: visudo is not installed)",
    () => {
      let accepted = 0;
      fc.assert(
        fc.property(changed, (line) => {
          const path = join(scratch, "sudoers");
          writeFileSync(path, `${line}\n`, { mode: 0o440 });
          if (spawnSync("visudo", ["-c", "-f", path]).status !== 0) return;
          accepted++;
          expect(parseSudoers(`${line}\n`, path).filter(({ kind }) => kind === "problem")).toEqual([]);
        }),
        { numRuns: 400 },
      );
      expect(accepted).toBeGreaterThan(40);
    },
  );
});
