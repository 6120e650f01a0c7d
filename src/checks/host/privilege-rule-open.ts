import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { privilegeRules } from "../../facts/host/privilege-rules.ts";

export default defineCheck({
  title: "Polkit lets people act as root without asking",
  severity: "medium",
  clauses: ["4.5.4-c"],
  why: "Actions such as managing units or virtual machines are root's; granted without a password they leave no trace of who was meant to have them.",
  fix: "Let the rule return AUTH_ADMIN_KEEP, or name the action and a group of administrators.",
  needs: { polkit: privilegeRules },
  evaluate({ polkit: { installed, rules, unread } }) {
    if (!installed && rules.length === 0) return notApplicable("polkit is not installed");
    const items = rules.map(({ file, line, conditions, result }) => {
      const people = conditions.filter((condition) => /^(group|user|identity)/.test(condition));
      const actions = conditions.filter((condition) => condition.startsWith("action") && condition !== "action *");
      const open = people.length === 0 || actions.length === 0;
      return {
        at: file,
        location: { file, line },
        found: `${result} for ${conditions.join(", ") || "everyone and every action"}`,
        expected: "auth_admin, or a named action for a named group",
        key: `${file} ${conditions.join(" ")}`.trim(),
        severity: open ? ("high" as const) : ("low" as const),
      };
    });
    if (items.length === 0 && unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    return failEach(items, { at: "/etc/polkit-1", found: "no rule of the administrator grants without asking" });
  },
  examples: {
    pass: [{ polkit: { installed: true, rules: [] } }],
    fail: [
      { polkit: { installed: true, rules: [{ file: "/etc/polkit-1/rules.d/10.rules", line: 2, result: "yes" }] } },
      {
        polkit: {
          installed: true,
          rules: [
            {
              file: "/etc/polkit-1/rules.d/10.rules",
              line: 2,
              conditions: ["action org.x", "group ops"],
              result: "yes",
            },
          ],
        },
      },
    ],
    notApplicable: [{ polkit: { installed: false, rules: [] } }],
    unknown: [
      {
        polkit: {
          installed: true,
          rules: [],
          unread: [
            { path: "/etc/polkit-1/rules.d", reason: "/etc/polkit-1/rules.d may not be read without root's rights" },
          ],
        },
      },
    ],
  },
});
