import { defineCheck, failEach } from "../../core/check.ts";
import { rootPaths } from "../../facts/host/root-paths.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Account can become root without a password",
  severity: "high",
  clauses: ["4.5.4-c", "4.5.4-d"],
  why: "Membership of an engine's group or a rule without a password is root in all but name, and sudo's log does not show it.",
  fix: "Take the account out of the group (gpasswd -d), or narrow the sudo rule to exact commands and ask for a password.",
  needs: { rootPaths },
  evaluate({ rootPaths: { paths, notSeen } }) {
    const items = paths
      .filter(({ withoutPassword }) => withoutPassword)
      .map(({ user, steps, by, interactive }) => ({
        at: steps.at(-1)!,
        found: steps.join(" → "),
        expected: "a password, or no way at all",
        key: user,
        severity: interactive ? ("high" as const) : ("medium" as const),
        ...(by === "group"
          ? { fix: `gpasswd -d ${shellWord(user)} ${shellWord(/group (\S+)/.exec(steps[0]!)?.[1] ?? "GROUP")}` }
          : {}),
      }));
    const withPassword = paths.filter(({ withoutPassword }) => !withoutPassword).map(({ user }) => user);
    if (items.length === 0 && notSeen.length > 0)
      return { status: "unknown", reason: notSeen.join("; "), remedy: "collect the facts with root's rights" };
    return failEach(items, {
      at: "/etc/passwd, /etc/group, /etc/sudoers",
      found: withPassword.length === 0 ? "no account can become root" : `with a password: ${withPassword.join(", ")}`,
    });
  },
  examples: {
    pass: [
      {
        rootPaths: {
          paths: [
            {
              user: "admin",
              uid: 1000,
              interactive: true,
              steps: [
                "admin is in the group sudo (/etc/group)",
                "%sudo may run ALL as root (/etc/sudoers:50): any command",
              ],
              withoutPassword: false,
              by: "sudo",
            },
          ],
        },
      },
    ],
    fail: [
      {
        rootPaths: {
          paths: [
            {
              user: "dev",
              uid: 1001,
              interactive: true,
              steps: ["dev is in the group docker (/etc/group)", "docker starts containers as root"],
              withoutPassword: true,
              by: "group",
            },
          ],
        },
      },
    ],
    unknown: [{ rootPaths: { paths: [], notSeen: ["/etc/sudoers may not be read without root's rights"] } }],
  },
});
