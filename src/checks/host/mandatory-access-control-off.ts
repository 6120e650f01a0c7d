import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { kernel } from "../../facts/host/kernel.ts";

const modules = ["selinux", "apparmor", "smack", "tomoyo"];

export default defineCheck({
  title: "No mandatory access control in the kernel",
  severity: "high",
  clauses: ["4.4.3-e", "4.5.1-b", "8176-5.6-c"],
  why: "SELinux or AppArmor still confines a process that left its container; without them root outside is root everywhere.",
  fix: "Switch SELinux or AppArmor on: name it in lsm= of the kernel command line and install its policy (apparmor, selinux-policy-targeted).",
  needs: { kernel },
  references: ["CIS Red Hat Enterprise Linux 9 2.0.0 1.3.1", "CIS Debian Linux 12 1.1.0 1.3.1"],
  evaluate({ kernel: { securityModules } }) {
    if (securityModules === undefined) {
      return unknown(
        "the active security modules cannot be seen: securityfs is not mounted or may not be read",
        "mount -t securityfs securityfs /sys/kernel/security, then assess again with root's rights",
      );
    }
    const evidence = {
      at: "/sys/kernel/security/lsm",
      found: securityModules.join(","),
      expected: `one of ${modules.join(", ")}`,
    };
    return securityModules.some((name) => modules.includes(name)) ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [{ kernel: { release: "6.12", securityModules: ["lockdown", "capability", "yama", "apparmor"] } }],
    fail: [{ kernel: { release: "6.12", securityModules: ["capability", "landlock", "bpf"] } }],
    unknown: [{ kernel: { release: "6.12" } }],
  },
});
