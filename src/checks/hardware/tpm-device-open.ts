import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { platform } from "../../facts/hardware/platform.ts";
import { shellWord } from "../host/shell.ts";

export default defineCheck({
  title: "TPM device open to every user",
  severity: "medium",
  clauses: ["4.6-c"],
  why: "Whoever reaches the TPM can extend its registers or lock it, so that the host can no longer prove its state.",
  fix: "chmod 0660 /dev/tpmrm0 and 0600 /dev/tpm0 by a udev rule; owner root, group tss.",
  needs: { platform },
  evaluate({ platform: { tpmDevices } }) {
    if (tpmDevices.length === 0) return notApplicable("the host shows no TPM device");
    const items = tpmDevices
      .filter(({ mode }) => (Number.parseInt(mode, 8) & 0o007) !== 0)
      .map(({ path, mode, owner, group }) => ({
        at: path,
        found: `mode ${mode}, owner ${owner}, group ${group}`,
        expected: "nothing for others",
        key: path,
        fix: `chmod o= ${shellWord(path)}`,
      }));
    return failEach(items, {
      at: tpmDevices.map(({ path }) => path).join(", "),
      found: tpmDevices.map(({ mode }) => mode).join(", "),
    });
  },
  examples: {
    pass: [{ platform: { tpmDevices: [{ path: "/dev/tpmrm0", mode: "0660", owner: 0, group: 101 }] } }],
    fail: [{ platform: { tpmDevices: [{ path: "/dev/tpmrm0", mode: "0666", owner: 0, group: 101 }] } }],
    notApplicable: [{ platform: {} }],
  },
});
