import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readVex } from "../advisories/vex/read-vex.ts";
import { Snapshot } from "../core/snapshot.ts";
import { parsePolicy } from "../policy/policy-file.ts";
import { program } from "./program.ts";

const scratch = mkdtempSync(join(tmpdir(), "plimsoll-vex-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let printed = "";
let noted = "";
beforeEach(() => {
  printed = "";
  noted = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
    printed += String(text);
    rest.find((argument): argument is () => void => typeof argument === "function")?.();
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    noted += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const file = (name: string, text: string): string => {
  writeFileSync(join(scratch, name), text);
  return join(scratch, name);
};
async function run(...args: string[]): Promise<string> {
  printed = "";
  await program().parseAsync(["node", "plimsoll", "vex", ...args]);
  return printed;
}

describe("plimsoll vex import-ignores", () => {
  it("prints waivers that a policy file takes, and says what it left out", async () => {
    const text = await run(
      "import-ignores",
      file(".trivyignore", "# not reached: only\nCVE-2020-1234\nAVD-DS-0002\nCVE-2020-1234\n"),
      file(
        ".grype.yaml",
        "ignore:\n  - vulnerability: CVE-2020-2222\n    reason: 'yes: #no'\n    package: {name: curl}\n",
      ),
      "--approver",
      "A: Person #1",
      "--expires",
      "2026-12-31",
    );
    expect(parsePolicy(text, "p").waivers).toEqual([
      { key: "CVE-2020-1234", reason: expect.any(String), approver: "A: Person #1", expires: "2026-12-31" },
      { key: "curl@* CVE-2020-2222", reason: "yes: #no", approver: "A: Person #1", expires: "2026-12-31" },
    ]);
    expect(text).toMatch(/^# left out .*\.trivyignore: AVD-DS-0002/);
    expect(noted).toMatch(/left out .*AVD-DS-0002: is no id/);
  });
  it.each([
    ["no expiry", ".trivyignore", "CVE-2020-1234\n", [], /has no expiry/],
    ["no date", ".trivyignore", "CVE-2020-1234\n", ["--expires", "soon"], /is no date/],
    ["no such day", ".trivyignore", "CVE-2020-1234\n", ["--expires", "2026-13-01"], /is no date/],
    ["another file", "notes.txt", "x", [], /is no ignore file/],
  ] as const)("refuses %s", async (_, name, text, more, message) => {
    await expect(run("import-ignores", file(name, text), "--approver", "A", ...more)).rejects.toThrow(message);
  });
  it("says which file is missing", async () => {
    const missing = join(scratch, "nowhere", ".trivyignore");
    await expect(run("import-ignores", missing, "--approver", "A")).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
  });
});

const digest = `sha256:${"a".repeat(64)}`;
const match = (id: string) => ({
  id,
  aliases: [],
  package: "curl",
  version: "1",
  purl: "pkg:apk/alpine/curl@1",
  type: "apk",
  severity: "high",
  severitySource: "nvd",
  state: "fixed",
  advisory: { id, source: "x" },
  decision: "apk: 1 < 2",
});
const facts = (manifestDigest?: string) =>
  new Snapshot({
    tool: "test",
    created: "2026-01-01T00:00:00.000Z",
    targets: [{ kind: "image", name: "web:1", subject: "image/x", identity: "image/x" }],
    observations: [
      {
        fact: "image/identity",
        subject: "image/x",
        source: "t",
        value: {
          name: "web:1",
          references: ["registry.example:5000/shop/web:1"],
          format: "oci",
          ...(manifestDigest && { manifestDigest }),
          configDigest: digest,
          platform: { os: "linux", architecture: "amd64" },
          size: 1,
          layers: [],
        },
      },
      {
        fact: "image/vulnerabilities",
        subject: "image/x",
        source: "t",
        value: {
          advisories: { id: "x", date: "2026-01-01T00:00:00Z", source: "x" },
          matches: [match("CVE-2020-1234"), match("CVE-2020-5555")],
          suppressed: [
            {
              match: match("CVE-2020-9999"),
              status: "not_affected",
              reason: "not affected: component not present",
              source: "v",
            },
          ],
          judged: 1,
        },
      },
    ],
  }).serialise();
const policy = () =>
  file(
    "policy.yaml",
    "waivers:\n  - key: CVE-2020-1234\n    reason: 'vulnerable_code_not_present: built without it'\n    approver: A\n    expires: 2026-06-30\n",
  );

describe("plimsoll vex write", () => {
  it("states the decisions of saved facts and the policy, about the image by digest", async () => {
    const out = join(scratch, "out", "app.vex.json");
    await run("write", file("facts.json", facts(digest)), "-p", policy(), "--author", "Team", "-o", out);
    const text = readFileSync(out, "utf8");
    expect(
      readVex(text, "own").map(({ vulnerability, status, justification, products }) => [
        vulnerability,
        status,
        justification,
        products[0],
      ]),
    ).toEqual([
      ["CVE-2020-1234", "not_affected", "vulnerable_code_not_present", expect.any(String)],
      ["CVE-2020-9999", "not_affected", "component_not_present", expect.any(String)],
    ]);
    expect(JSON.parse(text).statements[0].products[0]).toEqual({
      "@id": `pkg:oci/web@sha256%3A${"a".repeat(64)}?arch=amd64&repository_url=registry.example%3A5000%2Fshop%2Fweb`,
      subcomponents: [{ "@id": "pkg:apk/alpine/curl@1" }],
    });
    await run("write", file("facts.json", facts(digest)), "-p", policy(), "--author", "Team", "-o", out);
    expect(readFileSync(out, "utf8")).toBe(text);
  });
  it("names an archive by the digest of its configuration", async () => {
    const text = await run("write", file("facts.json", facts()), "-p", policy(), "--author", "Team");
    expect(JSON.parse(text).statements[0].products[0]["@id"]).toBe(`pkg:generic/web?checksum=${digest}`);
  });
  it("refuses to write a document that says nothing, and what are no facts", async () => {
    const nothing = { tool: "t", created: "2026-01-01T00:00:00.000Z", targets: [], observations: [] };
    const empty = new Snapshot(nothing).serialise();
    await expect(run("write", file("empty.json", empty), "-p", policy(), "--author", "Team")).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringMatching(/nothing was decided/),
    });
    await expect(run("write", join(scratch, "none.json"), "--author", "T")).rejects.toMatchObject({
      code: "TARGET_NOT_FOUND",
    });
  });
});
