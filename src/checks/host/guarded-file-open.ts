import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { guardedFiles } from "../../facts/host/guarded-files.ts";
import { shellWord } from "./shell.ts";

const severities: Readonly<Record<string, Severity>> = {
  account: "high",
  "engine-configuration": "medium",
  "engine-secret": "high",
  "kubernetes-credential": "high",
  boot: "low",
  schedule: "medium",
  "ssh-host-key": "high",
  startup: "medium",
};

export default defineCheck({
  title: "Files that control the host belong to others or are too open",
  severity: "high",
  clauses: ["4.5.5-a", "4.5.4-c", "4.4.3-a"],
  why: "Who can write these files decides what runs as root; who can read keys and credentials is whoever they stand for.",
  fix: "chown root:root and chmod to the named rights.",
  needs: { guarded: guardedFiles },
  references: [
    "CIS Docker 1.6.0 3.1",
    "CIS Docker 1.6.0 3.17",
    "CIS Distribution Independent Linux 2.0.0 6.1",
    "CIS Kubernetes 1.10.0 1.1",
    "CIS Kubernetes 1.10.0 4.1",
    "CIS Red Hat Enterprise Linux 9 2.0.0 7.1",
    "CIS Red Hat Enterprise Linux 9 2.0.0 2.4.1",
    "CIS Debian Linux 12 1.1.0 7.1",
    "CIS Debian Linux 12 1.1.0 2.4.1",
  ],
  evaluate({ guarded: { files, unread } }) {
    const items = files.flatMap(({ path, kind, mode, owner, group, widest }) => {
      const excess = Number.parseInt(mode, 8) & 0o777 & ~Number.parseInt(widest, 8);
      if (excess === 0 && owner === 0) return [];
      const writable = (excess & 0o022) !== 0 || owner !== 0;
      return [
        {
          at: path,
          found: `mode ${mode}, owner ${owner}, group ${group}`,
          expected: `${widest} or less, owner root`,
          key: path,
          // Rights to execute where none are needed harm nobody.
          severity: writable
            ? severities[kind]!
            : (excess & 0o044) !== 0 &&
                ["engine-secret", "kubernetes-credential", "ssh-host-key", "account"].includes(kind)
              ? ("high" as const)
              : ("low" as const),
          fix: `chown root ${shellWord(path)} && chmod ${(Number.parseInt(mode, 8) & Number.parseInt(widest, 8)).toString(8).padStart(4, "0")} ${shellWord(path)}`,
        },
      ];
    });
    if (items.length === 0 && unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    return failEach(items, { at: "/etc, /var/lib, /boot", found: `${files.length} files, each root's and guarded` });
  },
  examples: {
    pass: [
      {
        guarded: {
          files: [{ path: "/etc/shadow", kind: "account", mode: "0640", owner: 0, group: 42, widest: "0640" }],
        },
      },
    ],
    fail: [
      {
        guarded: {
          files: [
            {
              path: "/etc/docker/daemon.json",
              kind: "engine-configuration",
              mode: "0666",
              owner: 0,
              group: 0,
              widest: "0644",
            },
          ],
        },
      },
      {
        guarded: {
          files: [
            {
              path: "/etc/kubernetes/admin.conf",
              kind: "kubernetes-credential",
              mode: "0644",
              owner: 0,
              group: 0,
              widest: "0600",
            },
          ],
        },
      },
      {
        guarded: {
          files: [{ path: "/etc/cron.d/job", kind: "schedule", mode: "0644", owner: 1000, group: 0, widest: "0644" }],
        },
      },
    ],
    unknown: [{ guarded: { files: [], unread: [{ path: "/etc/sudoers.d", reason: "denied" }] } }],
  },
});
