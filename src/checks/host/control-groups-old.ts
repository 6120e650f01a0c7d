import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { mounts } from "../../facts/host/mounts.ts";

export default defineCheck({
  title: "Control groups of version 1 in use",
  severity: "medium",
  clauses: ["4.5.1-b", "8176-5.3-a"],
  why: "Version 1 lets a container with CAP_SYS_ADMIN set a program that the kernel runs as root on the host (release_agent), and cannot delegate safely.",
  fix: "Boot with systemd.unified_cgroup_hierarchy=1 cgroup_no_v1=all.",
  needs: { mounts },
  evaluate({ mounts: { controlGroups } }) {
    if (controlGroups === undefined)
      return unknown("no control group file system is mounted", "mount /sys/fs/cgroup of the host");
    const evidence = { at: "/sys/fs/cgroup", found: controlGroups, expected: "v2" };
    return controlGroups === "v2" ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [{ mounts: { mounts: [], controlGroups: "v2" } }],
    fail: [{ mounts: { mounts: [], controlGroups: "hybrid" } }],
    unknown: [{ mounts: { mounts: [] } }],
  },
});
