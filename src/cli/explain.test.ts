import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { collectMadeHost, makeHost } from "../../test/host-roots.ts";
import { hardened } from "../../test/made-hosts.ts";
import kernel from "../collectors/host/kernel.ts";
import sysctl from "../collectors/host/sysctl.ts";
import umask from "../collectors/host/umask.ts";
import { Snapshot } from "../core/snapshot.ts";
import { run, vulnerabilityId } from "./explain.ts";
import { judgeSnapshot } from "./judging.ts";
import { loadPolicy } from "./options.ts";

const folder = mkdtempSync(join(tmpdir(), "explain-"));
const facts = join(folder, "facts.json");
const host = makeHost(hardened, {
  "proc/sys/kernel/kptr_restrict": "0\n",
  "proc/cmdline": "root=/dev/sda1 mitigations=off\n",
  "root/.bashrc": "umask 000\n",
  "root/.profile": "\n",
});
const ids = new Map<string, string>();

beforeAll(async () => {
  const text = (await collectMadeHost(host, [kernel, sysctl, umask])).serialise();
  writeFileSync(facts, text);
  const { assessment } = judgeSnapshot(Snapshot.parse(text, facts), await loadPolicy(undefined));
  for (const { check, id } of assessment.findings) ids.set(check, id);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => {
  host.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function explained(check: string): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text, ...more) => {
    written.push(String(text));
    for (const argument of more) if (typeof argument === "function") argument();
    return true;
  });
  await run([ids.get(check), undefined, { from: facts }]);
  vi.restoreAllMocks();
  return written.join("");
}

it.each([
  ["cve-2021-3711", "CVE-2021-3711"],
  [" CVE-2021-3711 ", "CVE-2021-3711"],
  ["ghsa-JFH8-c2jp-5v3q", "GHSA-jfh8-c2jp-5v3q"],
  ["RHSA-2021:4424", "RHSA-2021:4424"],
  ["img-7f3a", undefined],
  ["go-7f3a", undefined],
])("takes %s for the vulnerability %s", (text, id) => {
  expect(vulnerabilityId(text)).toBe(id);
});

describe("plimsoll explain of a finding of a host", () => {
  it("shows the script that would put it right, and its impact on containers", async () => {
    const text = await explained("host/kernel-pointers-exposed");
    expect(text).toMatch(/As a script \(plimsoll fix hst?-?\S+ writes it whole/);
    expect(text).toContain("  set_parameter kernel/kptr_restrict");
    expect(text).toContain("Impact on containers\n  Profilers in containers");
    expect(await explained("host/root-umask-open")).toContain("  put_line /root/.bashrc umask 'umask 027'");
  });

  it("says why a person must do what no script does", async () => {
    const text = await explained("host/kernel-command-line-disarmed");
    expect(text).not.toContain("As a script");
    expect(text).toContain("Why no script does it\n  A wrong command line");
    expect(text).toContain("Impact on containers\n  The host must start anew");
  });

  it("offers none for what passed", async () => {
    const text = await explained("host/kernel-log-readable");
    expect(text).toContain("pass");
    expect(text).not.toMatch(/As a script|Impact on containers/);
  });
});
