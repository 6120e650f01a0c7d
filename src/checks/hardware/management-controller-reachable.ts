import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { platform } from "../../facts/hardware/platform.ts";

export default defineCheck({
  title: "Management controller reachable from the host",
  severity: "medium",
  clauses: ["4.6-a", "4.5.1-b"],
  why: "From the host's side the management controller takes orders without a password: it can rewrite firmware and start other systems.",
  fix: "Where nothing on the host needs it, blacklist ipmi_si and ipmi_devintf, and never pass /dev/ipmi0 to a container.",
  needs: { platform },
  evaluate({ platform: { managementController, virtual } }) {
    if (virtual === undefined && managementController.length === 0)
      return unknown(
        "whether the machine has a management controller cannot be seen",
        "mount /dev and /sys of the host",
      );
    const items = managementController.map((path) => ({
      at: path,
      found: "there",
      expected: "absent, or needed and guarded",
      key: path,
    }));
    return failEach(items, { at: "/dev", found: "no interface to a management controller" });
  },
  examples: {
    pass: [{ platform: { virtual: true } }],
    fail: [{ platform: { virtual: false, managementController: ["/dev/ipmi0"] } }],
    unknown: [{ platform: {} }],
  },
});
