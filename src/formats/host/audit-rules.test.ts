import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { mergedAuditRules, parseAuditRules, recordsPath, recordsSyscall } from "./audit-rules.ts";

const rules = (text: string) => parseAuditRules(text).rules;

describe("audit rules", () => {
  it("tells a path from one that begins like it", () => {
    const docker = rules("-w /usr/bin/docker-proxy -p rwxa -k docker");
    expect(recordsPath(docker, "/usr/bin/docker", "x")).toBe(false);
    expect(recordsPath(rules("-w /usr/bin/docker -p rwxa"), "/usr/bin/docker", "x")).toBe(true);
  });

  it("lets a watch of a folder cover what lies in it, and its rights count", () => {
    expect(recordsPath(rules("-w /etc/docker/ -p wa -k docker"), "/etc/docker/daemon.json", "wa")).toBe(true);
    expect(recordsPath(rules("-w /etc/docker -p r"), "/etc/docker/daemon.json", "wa")).toBe(false);
    expect(
      recordsPath(
        rules("-a always,exit -F arch=b64 -F dir=/etc -F perm=wa -F auid>=1000 -F auid!=unset -k etc"),
        "/etc/passwd",
        "wa",
      ),
    ).toBe(true);
    expect(recordsPath(rules("-a always,exit -F path=/etc/passwd -F perm=wa -F auid=1001"), "/etc/passwd", "wa")).toBe(
      false,
    );
  });

  it("heeds a rule before it that records nothing", () => {
    expect(recordsPath(rules("-a never,exit -F dir=/etc\n-w /etc/passwd -p wa"), "/etc/passwd", "wa")).toBe(false);
    expect(recordsPath(rules("-w /etc/passwd -p wa\n-A never,exit -F path=/etc/passwd"), "/etc/passwd", "wa")).toBe(
      false,
    );
  });

  it("heeds deletion", () => {
    expect(rules("-w /etc/a -p wa\n-D\n-w /etc/b -p wa").map((rule) => rule.fields[0]!.value)).toEqual(["/etc/b"]);
    expect(rules("-w /etc/a -p wa -k x\n-W /etc/a -p wa -k x")).toEqual([]);
  });

  it("tells system calls by architecture", () => {
    const both = rules(
      "-a always,exit -F arch=b64 -S mount,umount2 -S init_module -F auid>=1000 -F auid!=4294967295 -k m\n-a exit,always -F arch=b32 -S mount",
    );
    expect(recordsSyscall(both, "mount", true)).toBe(true);
    expect(recordsSyscall(both, "init_module", true)).toBe(false);
    expect(recordsSyscall(both, "init_module")).toBe(true);
    expect(recordsSyscall(both, "delete_module")).toBe(false);
  });

  it("reads control settings and names broken lines", () => {
    expect(
      parseAuditRules("-b 8192\n-e 2\n--backlog_wait_time 60000\n-w relative -p wa\nnonsense\n-a always\n"),
    ).toEqual({
      rules: [],
      controls: { b: "8192", e: "2", backlog_wait_time: "60000" },
      problems: [
        { line: 4, reason: "a watch names no absolute path" },
        { line: 5, reason: '"nonsense" is no option of auditctl' },
        { line: 6, reason: "a rule names no list and action" },
      ],
    });
  });

  it("merges files as augenrules does", () => {
    const merged = mergedAuditRules([
      { file: "100-last.rules", text: "-w /c -p wa\n-D\n" },
      { file: "20-b.rules", text: "# comment\n-w /b -p wa\r\n-e 2\n-b 100\n" },
      { file: "9-a.rules", text: "-w /a -p wa\n-b 50\n-e 1\n" },
    ]);
    expect(merged.map(({ text }) => text)).toEqual([
      "-D",
      "-b 100",
      "-w /a -p wa",
      "-w /b -p wa",
      "-w /c -p wa",
      "-e 2",
    ]);
    // Read file by file, the -D of the last would delete the rules of the others.
    expect(rules(merged.map(({ text }) => text).join("\n"))).toHaveLength(3);
    expect(merged.at(-1)).toEqual({ file: "20-b.rules", line: 3, text: "-e 2" });
  });

  it("gives back any watches with keys", () => {
    const word = fc.stringMatching(/^[a-z0-9_.-]{1,8}$/);
    const watch = fc.record({ path: word, permissions: fc.constantFrom("r", "wa", "rwxa", "x"), key: word });
    fc.assert(
      fc.property(fc.array(watch), (watches) => {
        const text = watches.map(({ path, permissions, key }) => `-w /${path} -p ${permissions} -k ${key}\n`).join("");
        const read = parseAuditRules(text);
        expect(read.problems).toEqual([]);
        expect(read.rules.map(({ fields }) => fields.slice(0, 2).map(({ value }) => value))).toEqual(
          watches.map(({ path, permissions }) => [`/${path}`, permissions]),
        );
      }),
    );
  });

  it("answers any text", () => {
    survivesAnyText(
      (text) => recordsPath(rules(text), "/etc/passwd", "wa"),
      [
        "-w ",
        "-a ",
        "always,exit",
        "-F ",
        "path=/etc",
        "-S ",
        "mount",
        "\n",
        " ",
        "-D",
        "-k x",
        '"',
        "-p wa",
        "auid>=1000",
      ],
    );
  });
});
