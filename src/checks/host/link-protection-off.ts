import { defineCheck } from "../../core/check.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import { atLeastNumber, judgeParameters, oneOf } from "./parameters.ts";

export default defineCheck({
  title: "Link and core-dump protections of the file system off",
  severity: "medium",
  clauses: ["4.5.1-b"],
  why: "Planted links, pipes and files in shared folders, and dumps of privileged programs, are old ways to root.",
  fix: "Set fs.protected_symlinks, fs.protected_hardlinks to 1, fs.protected_fifos, fs.protected_regular to 2 and fs.suid_dumpable to 0 in a file of /etc/sysctl.d.",
  needs: { sysctl },
  evaluate: ({ sysctl }) =>
    judgeParameters(sysctl, [
      oneOf("fs.protected_symlinks", "1"),
      oneOf("fs.protected_hardlinks", "1"),
      { ...atLeastNumber("fs.protected_fifos", 1, 2), severity: "low" },
      { ...atLeastNumber("fs.protected_regular", 1, 2), severity: "low" },
      oneOf("fs.suid_dumpable", "0", "2"),
    ]),
  examples: {
    pass: [
      {
        sysctl: {
          values: {
            "fs.protected_symlinks": "1",
            "fs.protected_hardlinks": "1",
            "fs.protected_fifos": "2",
            "fs.protected_regular": "2",
            "fs.suid_dumpable": "0",
          },
        },
      },
    ],
    fail: [
      { sysctl: { values: { "fs.protected_symlinks": "0" } } },
      { sysctl: { values: { "fs.suid_dumpable": "1" } } },
    ],
  },
});
