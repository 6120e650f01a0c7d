import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { collectMadeHost, makeHost } from "../../test/host-roots.ts";
import { hardened } from "../../test/made-hosts.ts";
import kernel from "../collectors/host/kernel.ts";
import services from "../collectors/host/services.ts";
import sysctl from "../collectors/host/sysctl.ts";
import { run } from "./fix.ts";

const folder = mkdtempSync(join(tmpdir(), "fix-"));
const host = makeHost(hardened, {
  "proc/sys/kernel/kptr_restrict": "0\n",
  "proc/cmdline": "root=/dev/sda1 mitigations=off\n",
  "usr/lib/systemd/system/cups.service": "[Service]\nExecStart=/usr/sbin/cupsd\n",
  "etc/systemd/system/multi-user.target.wants/cups.service": { link: "/usr/lib/systemd/system/cups.service" },
});
afterAll(() => {
  host.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("plimsoll fix", () => {
  const facts = join(folder, "facts.json");
  const output = join(folder, "fix.sh");

  it("writes one script for what failed, with what a person must do", async () => {
    const snapshot = await collectMadeHost(host, [kernel, services, sysctl]);
    writeFileSync(facts, snapshot.serialise());
    await run([[], { from: facts, output }]);
    const script = readFileSync(output, "utf8");
    expect(spawnSync("/bin/sh", ["-n"], { input: script }).status).toBe(0);
    expect(script).toContain("set_parameter kernel/kptr_restrict");
    expect(script).toContain("mask_unit cups.service");
    expect(script).toMatch(/^# Kernel.*\(host\/kernel-command-line-disarmed\): mitigations=off$/m);
    expect(script).toMatch(/^# No script: A wrong command line keeps the host from starting/m);
  });

  it("takes only the findings that are named, and refuses others", async () => {
    await run([["host/kernel-pointers-exposed"], { from: facts, output }]);
    const script = readFileSync(output, "utf8");
    expect(script).toContain("set_parameter kernel/kptr_restrict");
    expect(script).not.toContain("cups.service");
    await expect(run([["host/second-root-account"], { from: facts, output }])).rejects.toThrow(
      /no failed finding of a host/,
    );
  });
});
