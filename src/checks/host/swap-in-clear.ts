import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { mounts } from "../../facts/host/mounts.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Memory is swapped to disk in clear",
  severity: "low",
  clauses: ["4.5.5-a"],
  why: "Secrets that containers keep in memory then lie readable on the disk.",
  fix: "Switch swap off (the kubelet expects it), use zram, or encrypt it with a random key in /etc/crypttab.",
  needs: { mounts },
  evaluate({ mounts: { swaps } }) {
    if (swaps.length === 0) return notApplicable("no swap is in use");
    const open = swaps.filter(({ encrypted }) => encrypted === false);
    const undecided = swaps.filter(({ encrypted }) => encrypted === undefined);
    if (open.length === 0 && undecided.length > 0)
      return unknown(
        `whether the disk below ${undecided.map(({ path }) => path).join(", ")} is encrypted cannot be seen`,
        "declare how the disk is encrypted",
      );
    return failEach(
      open.map(({ path }) => ({
        at: path,
        found: "not encrypted",
        expected: "encrypted or none",
        key: path,
        fix: `swapoff ${shellWord(path)}`,
      })),
      { at: "/proc/swaps", found: swaps.map(({ path }) => path).join(", ") },
    );
  },
  examples: {
    pass: [{ mounts: { mounts: [], swaps: [{ path: "/dev/zram0", type: "partition", encrypted: true }] } }],
    fail: [{ mounts: { mounts: [], swaps: [{ path: "/dev/sda2", type: "partition", encrypted: false }] } }],
    notApplicable: [{ mounts: { mounts: [] } }],
    unknown: [{ mounts: { mounts: [], swaps: [{ path: "/swapfile", type: "file" }] } }],
  },
});
