import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { mergedAuditRules } from "../../src/formats/host/audit-rules.ts";

const scratch = mkdtempSync(join(tmpdir(), "audit-oracle-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("audit rules", () => {
  const augenrules = "/usr/sbin/augenrules";
  it.skipIf(!existsSync(augenrules))(
    existsSync(augenrules)
      ? "are merged as augenrules does"
      : "are merged as augenrules does (skipped: it is not installed)",
    () => {
      const line = fc.constantFrom(
        "-D",
        "-b 8192",
        "-b 64",
        "-f 1",
        "-e 2",
        "-e 1",
        "-w /etc/a -p wa -k x",
        "# c",
        "",
        "-a always,exit -S mount",
        "-i",
        "--loginuid-immutable",
      );
      const file = fc.tuple(fc.stringMatching(/^[0-9]{1,3}-[a-z]{1,3}$/), fc.array(line, { maxLength: 6 }));
      const folder = join(scratch, "audit");
      // Blanks before an option are left out: what the script makes of them depends on the machine's awk.
      // The script has its folders written in it and asks the kernel whether rules may change.
      const script = readFileSync(augenrules, "utf8")
        .replaceAll("/etc/audit/audit.rules", join(folder, "audit.rules"))
        .replaceAll("/etc/audit/rules.d", join(folder, "rules.d"))
        .replaceAll(/^check_immutable$|^\tcheck_immutable$/gm, ":");
      expect(script).not.toContain("/etc/audit");
      fc.assert(
        fc.property(fc.uniqueArray(file, { maxLength: 5, selector: ([name]) => name }), (files) => {
          rmSync(folder, { recursive: true, force: true });
          mkdirSync(join(folder, "rules.d"), { recursive: true });
          const given = files.map(([name, lines]) => ({ file: `${name}.rules`, text: `${lines.join("\n")}\n` }));
          for (const { file: name, text } of given) writeFileSync(join(folder, "rules.d", name), text);
          spawnSync("sh", ["-c", script], { env: { ...process.env, LC_ALL: "C" } });
          const theirs = readFileSync(join(folder, "audit.rules"), "utf8").split("\n");
          expect(mergedAuditRules(given).map(({ text }) => text)).toEqual(
            theirs.filter((text) => text !== "" && !text.startsWith("##")),
          );
        }),
        { numRuns: 40 },
      );
    },
  );
});
