import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { hostDoubt, sudo } from "../../facts/host/sudo.ts";

export default defineCheck({
  title: "Sudo rule for single commands gives a root shell",
  severity: "high",
  clauses: ["4.5.4-c"],
  why: "Editors, interpreters, pagers and container tools run anything once they run as root, and a list of forbidden commands stops nobody.",
  fix: "Name exact commands with their arguments, use sudoedit for files, and add NOEXEC where a pager is needed.",
  needs: { sudo },
  evaluate({ sudo: { installed, rules, unread } }) {
    if (!installed) return notApplicable("sudo is not installed");
    if (unread.length > 0 && rules.length === 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    const held = rules.filter(({ holdsHere }) => holdsHere !== "no");
    const items = held.flatMap((rule) => {
      const { file, line, users, commands } = rule;
      const doubt = hostDoubt(rule);
      const who = users.map(({ text, negated }) => `${negated ? "!" : ""}${text}`).join(", ");
      const excluded = commands.filter(({ negated }) => negated);
      const narrow = commands.filter(
        (entry) => !entry.negated && entry.escape !== undefined && entry.command !== "ALL",
      );
      const hollow = excluded.length > 0 && commands.some(({ command, negated }) => command === "ALL" && !negated);
      return [
        ...narrow.map((command) => ({
          at: file,
          location: { file, line },
          found: `${who} may run ${command.command}${command.arguments === undefined ? "" : ` ${command.arguments}`}: ${command.escape}${doubt}`,
          expected: "commands that start nothing else",
          key: `${who} ${command.command}`,
          severity: command.tags.includes("NOPASSWD") ? ("high" as const) : ("medium" as const),
        })),
        ...(hollow
          ? [
              {
                at: file,
                location: { file, line },
                found: `${who} may run all but ${excluded.map(({ command }) => command).join(", ")}: a copy under another name runs${doubt}`,
                expected: "a list of what is allowed",
                key: `${who} exclusions`,
                severity: "medium" as const,
              },
            ]
          : []),
      ];
    });
    const elsewhere = rules.length - held.length;
    return failEach(items, {
      at: "/etc/sudoers",
      found: `${held.length} rules, none of single commands that open a shell${elsewhere === 0 ? "" : `; ${elsewhere} more for other hosts`}`,
    });
  },
  examples: {
    pass: [
      {
        sudo: {
          installed: true,
          rules: [
            {
              file: "/etc/sudoers",
              line: 1,
              users: [{ text: "%ops" }],
              hosts: [{ text: "ALL" }],
              commands: [{ command: "/usr/bin/systemctl", arguments: "restart kubelet" }],
            },
          ],
        },
      },
      {
        // A rule of another host gives nobody a shell on this one.
        sudo: {
          installed: true,
          host: { name: "web1" },
          rules: [
            {
              file: "/etc/sudoers",
              line: 1,
              users: [{ text: "dev" }],
              hosts: [{ text: "db1" }],
              holdsHere: "no",
              commands: [{ command: "/usr/bin/vim", escape: "vim opens a shell from its pager or editor" }],
            },
          ],
        },
      },
    ],
    fail: [
      {
        sudo: {
          installed: true,
          rules: [
            {
              file: "/etc/sudoers",
              line: 1,
              users: [{ text: "dev" }],
              hosts: [{ text: "ALL" }],
              commands: [
                { command: "/usr/bin/vim", tags: ["NOPASSWD"], escape: "vim opens a shell from its pager or editor" },
              ],
            },
          ],
        },
      },
      {
        sudo: {
          installed: true,
          rules: [
            {
              file: "/etc/sudoers",
              line: 1,
              users: [{ text: "dev" }],
              hosts: [{ text: "ALL" }],
              commands: [
                { command: "ALL", escape: "any command" },
                { command: "/bin/sh", negated: true },
              ],
            },
          ],
        },
      },
      {
        // What cannot be told is no reason to leave a rule out.
        sudo: {
          installed: true,
          rules: [
            {
              file: "/etc/sudoers",
              line: 1,
              users: [{ text: "dev" }],
              hosts: [{ text: "+databases" }],
              holdsHere: "unknown",
              holdsHereReason: "who belongs to the netgroup +databases is not looked up",
              commands: [{ command: "/usr/bin/vim", escape: "vim opens a shell from its pager or editor" }],
            },
          ],
        },
      },
    ],
    notApplicable: [{ sudo: { installed: false, rules: [] } }],
    unknown: [
      {
        sudo: {
          installed: true,
          rules: [],
          unread: [{ path: "/etc/sudoers", reason: "/etc/sudoers may not be read without root's rights" }],
        },
      },
    ],
  },
});
