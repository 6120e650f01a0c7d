import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { sysctl } from "../../facts/host/sysctl.ts";

export default defineCheck({
  title: "Memory of crashed programs is written where it falls",
  severity: "low",
  clauses: ["4.5.1-b"],
  why: "A core dump holds the secrets of the program; in the current folder others find it.",
  fix: "Let systemd-coredump take them with Storage=none, or set kernel.core_pattern to |/bin/false.",
  needs: { sysctl },
  references: [
    "CIS Red Hat Enterprise Linux 9 2.0.0 1.5.3",
    "CIS Red Hat Enterprise Linux 9 2.0.0 1.5.4",
    "CIS Debian Linux 12 1.1.0 1.5.3",
  ],
  evaluate({ sysctl: { values } }) {
    const pattern = values["kernel.core_pattern"];
    if (pattern === undefined) return unknown("kernel.core_pattern could not be read", "mount /proc of the host");
    const evidence = {
      at: "/proc/sys/kernel/core_pattern",
      found: pattern,
      expected: "a program that takes dumps, or a guarded folder",
    };
    return pattern.startsWith("|") || pattern.startsWith("/") || pattern === "" ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [{ sysctl: { values: { "kernel.core_pattern": "|/usr/lib/systemd/systemd-coredump %P %u" } } }],
    fail: [{ sysctl: { values: { "kernel.core_pattern": "core" } } }],
    unknown: [{ sysctl: { values: {} } }],
  },
});
