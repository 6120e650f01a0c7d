import { afterAll, describe, expect, it } from "vitest";
import { collectMadeHost, type MadeTree, makeHost } from "../../../test/host-roots.ts";
import { Missing } from "../../core/snapshot.ts";
import { audit } from "../../facts/host/audit.ts";
import collector from "./audit.ts";

const made: { remove(): void }[] = [];
afterAll(() => {
  for (const host of made) host.remove();
});

async function rulesOf(tree: MadeTree) {
  const host = makeHost({ "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", ...tree });
  made.push(host);
  const snapshot = await collectMadeHost(host, [collector]);
  const found = snapshot.find(audit, host.root.subject);
  if (found instanceof Missing) throw new Error(found.reason);
  return found;
}

const places = (rules: readonly { file: string; line: number; key?: string | undefined }[]) =>
  rules.map(({ file, line, key }) => `${file.split("/").at(-1)}:${line} ${key}`);

describe("audit rules", () => {
  it("of several files are in the order of augenrules, and what deletes rules comes first", async () => {
    const { rules, controls } = await rulesOf({
      "etc/audit/rules.d/9-first.rules": "# watch\n-w /etc/passwd -p wa -k first\n-e 2\n",
      "etc/audit/rules.d/10-second.rules": "-D\n-w /etc/shadow -p wa -k second\n",
    });
    expect(places(rules)).toEqual(["9-first.rules:2 first", "10-second.rules:2 second"]);
    expect(controls).toEqual({ e: "2" });
  });

  it("of audit.rules alone are taken in their own order", async () => {
    const { rules, problems } = await rulesOf({
      "etc/audit/audit.rules": "-w /etc/passwd -p wa -k gone\n-D\n-w /etc/shadow -p wa -k kept\nnonsense\n",
    });
    expect(places(rules)).toEqual(["audit.rules:3 kept"]);
    expect(problems.map(({ file, line }) => `${file}:${line}`)).toEqual(["/etc/audit/audit.rules:4"]);
  });
});
