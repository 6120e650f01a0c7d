import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { codeIntegrity } from "../../facts/host/code-integrity.ts";

export default defineCheck({
  title: "The kernel's check of what it runs is switched off",
  severity: "low",
  clauses: ["4.5.1-a", "4.5.3-g"],
  why: "With IPE the kernel refuses code that comes from no verified image or file; without a policy, or only recording, it runs whatever was put on the host.",
  fix: "Load a signed policy into /sys/kernel/security/ipe/new_policy, make it active, and write 1 into /sys/kernel/security/ipe/enforce; ipe.enforce=1 on the command line makes it last.",
  needs: { integrity: codeIntegrity },
  evaluate({ integrity: { present, enforcing, policies, unread } }) {
    if (!present && unread.length === 0) return notApplicable("the kernel has no IPE in force");
    const items = [];
    const folder = "/sys/kernel/security/ipe";
    if (enforcing === false)
      items.push({ at: `${folder}/enforce`, found: "0: it only records", expected: "1", key: "enforce" });
    if (present && unread.length === 0 && !policies.some(({ active }) => active))
      items.push({
        at: `${folder}/policies`,
        found: policies.length === 0 ? "no policy" : `none of ${policies.length} policies is active`,
        expected: "an active policy",
        key: "policy",
      });
    if (items.length === 0 && unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    return failEach(items, {
      at: folder,
      found: `enforces ${policies
        .filter(({ active }) => active)
        .map(({ name }) => name)
        .join(", ")}`,
    });
  },
  examples: {
    pass: [{ integrity: { present: true, enforcing: true, policies: [{ name: "boot", active: true }] } }],
    fail: [
      { integrity: { present: true, enforcing: false, policies: [{ name: "boot", active: true }] } },
      { integrity: { present: true, enforcing: true, policies: [{ name: "boot", active: false }] } },
    ],
    notApplicable: [{ integrity: { present: false } }],
    unknown: [
      {
        integrity: { present: true, unread: [{ path: "/sys/kernel/security/ipe/enforce", reason: "may not be read" }] },
      },
    ],
  },
});
