import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { privilegeFlaws } from "../../facts/host/privilege-flaws.ts";

export default defineCheck({
  title: "Any user becomes root by a flaw of sudo or pkexec",
  severity: "critical",
  clauses: ["4.5.3-a", "4.5.1-e", "4.5.1-f"],
  why: "These flaws need no rule, no password and no luck: whoever runs anything on the host, or breaks out of a container as any user, becomes root.",
  fix: "Upgrade sudo and polkit from the distribution; remove a build of your own, or take its set-user-id bit: chmod u-s.",
  needs: { flaws: privilegeFlaws },
  evaluate({ flaws: { judged, unread } }) {
    if (judged.length === 0 && unread.length === 0) return notApplicable("neither sudo nor pkexec is on the host");
    const items = judged
      .filter(({ verdict }) => verdict === "open")
      .map(({ flaw, program, what, at, because, fixed }) => ({
        at,
        found: `${what}: ${flaw}`,
        expected: `${fixed} or newer`,
        key: `${program} ${flaw} ${at}`,
        details: { because },
      }));
    const undecided = judged.filter(({ verdict }) => verdict === "undecided");
    if (items.length === 0 && undecided.length > 0)
      return unknown(
        undecided.map(({ flaw, what, because }) => `${flaw} in ${what}: ${because}`).join("; "),
        "give advisory data of the distribution (plimsoll db build): host/known-vulnerability then tells",
      );
    if (items.length === 0 && unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    return failEach(items, {
      at: [...new Set(judged.map(({ at }) => at))].join(", "),
      found: `none of ${[...new Set(judged.map(({ flaw }) => flaw))].join(", ")} in ${[...new Set(judged.map(({ what }) => what))].join(", ")}`,
    });
  },
  examples: {
    pass: [
      {
        flaws: {
          judged: [
            {
              flaw: "CVE-2025-32463",
              program: "sudo",
              what: "sudo 1.9.16p2-3",
              at: "/usr/bin/sudo",
              verdict: "closed",
              because: "Debian 13 mended it in 1.9.16p2-3",
              fixed: "1.9.16p2-3",
            },
          ],
        },
      },
    ],
    fail: [
      {
        flaws: {
          judged: [
            {
              flaw: "CVE-2025-32463",
              program: "sudo",
              what: "/usr/local/bin/sudo 1.9.17",
              at: "/usr/local/bin/sudo",
              verdict: "open",
              because: "1.9.17 lies between 1.9.14 and 1.9.17p1",
              fixed: "1.9.17p1",
            },
          ],
        },
      },
    ],
    notApplicable: [{ flaws: { judged: [] } }],
    unknown: [
      {
        flaws: {
          judged: [
            {
              flaw: "CVE-2021-3156",
              program: "sudo",
              what: "sudo 1.8.29-6.el8_3.1",
              at: "/usr/bin/sudo",
              verdict: "undecided",
              because: "1.8.29 lies between 1.8.2 and 1.9.5p2, and distributions mend it without a new one",
              fixed: "1.9.5p2",
            },
          ],
        },
      },
    ],
  },
});
