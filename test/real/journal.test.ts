import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseJournal } from "../../src/formats/host/journal.ts";

const writer = "/usr/lib/systemd/systemd-journal-remote";
const reader = "/usr/bin/journalctl";
const able = existsSync(writer) && existsSync(reader);
const folder = mkdtempSync(join(tmpdir(), "journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Entries in the journal's export format, of several programs, every tenth with a message that is compressed. */
function exported(count: number): string {
  const blocks: string[] = [];
  for (let index = 0; index < count; index++) {
    const program = ["sudo", "sshd", "cron", "kernel"][index % 4];
    const message =
      index % 10 === 9 ? "long ".repeat(400) : `dev : TTY=pts/${index} ; PWD=/ ; USER=root ; COMMAND=/bin/x${index}`;
    blocks.push(
      [
        `__REALTIME_TIMESTAMP=${1_768_467_900_000_000 + index * 1_000_000}`,
        `__MONOTONIC_TIMESTAMP=${1_000_000 + index * 1_000}`,
        "_BOOT_ID=0123456789abcdef0123456789abcdef",
        "_MACHINE_ID=fedcba9876543210fedcba9876543210",
        `PRIORITY=${index % 7}`,
        `SYSLOG_IDENTIFIER=${program}`,
        `MESSAGE=${message}`,
      ].join("\n"),
    );
  }
  return `${blocks.join("\n\n")}\n\n`;
}

describe("systemd's own journal (skipped without systemd-journal-remote and journalctl)", () => {
  it.skipIf(!able).each([
    ["0", "zstd"],
    ["1", "zstd"],
    ["0", "lz4"],
    ["1", "lz4"],
    ["0", "xz"],
    ["1", "xz"],
  ])("reads as journalctl reads it (compact: %s, compressed by %s)", async (compact, method) => {
    const name = `${compact}-${method}`;
    const [source, file] = [join(folder, `${name}.export`), join(folder, `${name}.journal`)];
    writeFileSync(source, exported(400));
    execFileSync(writer, ["--compress=yes", "-o", file, source], {
      env: { SYSTEMD_JOURNAL_COMPACT: compact, SYSTEMD_JOURNAL_COMPRESS: method },
      stdio: "ignore",
    });
    const ours = await parseJournal(readFileSync(file), file, new Set(["sudo", "sshd"]));
    const lines = execFileSync(reader, ["--file", file, "-o", "json", "-q", "-t", "sudo", "-t", "sshd"], {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    const theirs = lines
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, string>)
      .map((entry) => ({
        time: Math.floor(Number(entry["__REALTIME_TIMESTAMP"]) / 1e6),
        program: entry["SYSLOG_IDENTIFIER"],
        text: entry["MESSAGE"],
      }));
    expect(theirs).toHaveLength(200);
    expect(ours).toEqual(theirs);
    expect(theirs.filter(({ text }) => text!.length > 512).length).toBeGreaterThan(10);
    expect(readFileSync(file).includes("long long long long")).toBe(false);
  });
});
