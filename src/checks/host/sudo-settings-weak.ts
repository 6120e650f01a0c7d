import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { hostDoubt, type Sudo, sudo } from "../../facts/host/sudo.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Sudo does not record or guard what it runs",
  severity: "medium",
  clauses: ["4.5.4-c"],
  why: "Without a terminal of its own a command can outlive sudo and steal input; without a log nobody knows what was run.",
  fix: "Add to /etc/sudoers.d: Defaults use_pty, Defaults logfile=/var/log/sudo.log, Defaults env_reset, Defaults secure_path=…; remove !authenticate and env_keep of LD_ variables.",
  needs: { sudo },
  references: [
    "CIS Debian Linux 12 1.1.0 5.2.2",
    "CIS Debian Linux 12 1.1.0 5.2.5",
    "CIS Debian Linux 12 1.1.0 5.2.6",
    "CIS Red Hat Enterprise Linux 9 2.0.0 5.2.2",
    "CIS Red Hat Enterprise Linux 9 2.0.0 5.2.5",
    "CIS Red Hat Enterprise Linux 9 2.0.0 5.2.6",
  ],
  evaluate({ sudo: found }) {
    if (!found.installed) return notApplicable("sudo is not installed");
    if (found.unread.length > 0)
      return unknown(found.unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    const items = problemsOf(found).map(([what, expected, severity, line]) => ({
      at: "/etc/sudoers",
      found: what,
      expected,
      key: expected,
      severity,
      ...(line
        ? {
            fix: sudoersFix(line),
          }
        : {}),
    }));
    const broken = found.problems.map(({ file, line, reason }) => ({
      at: file,
      location: { file, line },
      found: reason,
      expected: "a line that sudo understands",
      key: `${file} problem`,
      severity: "medium" as const,
    }));
    return failEach([...items, ...broken], {
      at: "/etc/sudoers",
      found: "commands run on a terminal of their own, with a clean environment, and are logged",
    });
  },
  examples: {
    pass: [
      {
        sudo: {
          installed: true,
          rules: [],
          defaults: [
            { file: "/etc/sudoers", line: 1, scope: "", name: "use_pty", value: true },
            { file: "/etc/sudoers", line: 2, scope: "", name: "logfile", value: "/var/log/sudo.log" },
          ],
        },
      },
      {
        sudo: {
          installed: true,
          rules: [],
          defaults: [
            { file: "/etc/sudoers", line: 1, scope: "@web*", holdsHere: "yes", name: "use_pty", value: true },
            { file: "/etc/sudoers", line: 2, scope: "@db1", holdsHere: "no", name: "authenticate", value: false },
          ],
        },
      },
    ],
    fail: [
      {
        sudo: {
          installed: true,
          rules: [],
          defaults: [{ file: "/etc/sudoers", line: 1, scope: "", name: "authenticate", value: false }],
        },
      },
      {
        // A setting of hosts of which this is one counts as much as one of all hosts.
        sudo: {
          installed: true,
          rules: [],
          defaults: [
            { file: "/etc/sudoers", line: 1, scope: "", name: "use_pty", value: true },
            { file: "/etc/sudoers", line: 2, scope: "@web1", holdsHere: "yes", name: "authenticate", value: false },
          ],
        },
      },
      {
        sudo: {
          installed: true,
          rules: [],
          defaults: [
            { file: "/etc/sudoers", line: 1, scope: "", name: "use_pty", value: true },
            { file: "/etc/sudoers", line: 2, scope: "@+web", holdsHere: "unknown", name: "env_reset", value: false },
          ],
        },
      },
      {
        // A setting that may be for other hosts mends nothing.
        sudo: {
          installed: true,
          rules: [],
          defaults: [
            { file: "/etc/sudoers", line: 1, scope: "@+web", holdsHere: "unknown", name: "use_pty", value: true },
          ],
        },
      },
      {
        sudo: {
          installed: true,
          rules: [],
          defaults: [
            { file: "/etc/sudoers", line: 1, scope: "", name: "use_pty", value: true },
            { file: "/etc/sudoers", line: 2, scope: "", name: "env_keep", value: "LD_PRELOAD" },
          ],
        },
      },
    ],
    notApplicable: [{ sudo: { installed: false, rules: [] } }],
    unknown: [{ sudo: { installed: true, rules: [], unread: [{ path: "/etc/sudoers", reason: "denied" }] } }],
  },
});

/** A file for each setting: running the text twice changes nothing more, and one setting does not undo another. */
function sudoersFix(line: string): string {
  const file = `/etc/sudoers.d/90-${line
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")}`;
  return `printf '%s\\n' ${shellWord(line)} > ${file} && chmod 0440 ${file} && visudo -c`;
}

type Problem = readonly [what: string, expected: string, severity: Severity, line: string | undefined];

/** The problems of what surely holds here, then those that each setting adds of which that cannot be told. */
function problemsOf({ defaults }: Sudo): Problem[] {
  const sure = defaults.filter((entry) => !entry.scope.startsWith("@") || entry.holdsHere === "yes");
  const problems = problemsIn(sure);
  for (const entry of defaults) {
    if (!entry.scope.startsWith("@") || entry.holdsHere !== "unknown") continue;
    const added = problemsIn([...sure, entry]).filter(
      ([, expected]) => !problems.some(([, known]) => known === expected),
    );
    for (const [what, expected, severity, line] of added)
      problems.push([`${what} (Defaults${entry.scope})${hostDoubt(entry)}`, expected, severity, line]);
  }
  return problems;
}

/** Settings for all and for this host follow one another in the order of the file; the last counts (plugins/sudoers/defaults.c). */
function problemsIn(defaults: Sudo["defaults"]): Problem[] {
  const value = (name: string) =>
    defaults.findLast((entry) => (entry.scope === "" || entry.scope.startsWith("@")) && entry.name === name)?.value;
  const problems: Problem[] = [];
  if (value("use_pty") !== true) problems.push(["use_pty is not set", "Defaults use_pty", "low", "Defaults use_pty"]);
  // sudo logs to syslog unless it is switched off.
  if (value("syslog") === false && value("logfile") === undefined)
    problems.push([
      "neither syslog nor a log file is used",
      "Defaults logfile",
      "high",
      'Defaults logfile="/var/log/sudo.log"',
    ]);
  if (value("authenticate") === false)
    problems.push(["!authenticate: nobody is asked for a password", "Defaults authenticate", "high", undefined]);
  if (value("env_reset") === false)
    problems.push(["!env_reset: the caller's environment is kept", "Defaults env_reset", "high", undefined]);
  if (value("ignore_dot") === false && value("secure_path") === undefined)
    problems.push([
      "the caller's path is searched, its current folder too",
      "Defaults secure_path",
      "medium",
      undefined,
    ]);
  const kept = defaults.filter(
    (entry) =>
      entry.name === "env_keep" && /\b(LD_\w+|PYTHON\w+|PERL\w+|BASH_ENV|ENV|NODE_OPTIONS)\b/.test(String(entry.value)),
  );
  for (const entry of kept)
    problems.push([`env_keep lets ${String(entry.value)} through`, "no variable that loads code", "high", undefined]);
  const timeout = Number(value("timestamp_timeout") ?? 15);
  if (timeout < 0 || timeout > 15)
    problems.push([
      `timestamp_timeout is ${timeout}`,
      "Defaults timestamp_timeout=15",
      "medium",
      "Defaults timestamp_timeout=15",
    ]);
  if (value("visiblepw") === true)
    problems.push(["visiblepw: passwords may be shown", "Defaults !visiblepw", "low", "Defaults !visiblepw"]);
  return problems;
}
