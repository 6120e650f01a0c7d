import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { mounts } from "../../facts/host/mounts.ts";
import { shellWord } from "./shell.ts";

/** What each place should be mounted with. Container storage is not among them: layers hold programs and set-user-id files rightly. */
const expectations: readonly {
  readonly point: string;
  readonly options: readonly string[];
  readonly separate: boolean;
}[] = [
  { point: "/tmp", options: ["nodev", "nosuid", "noexec"], separate: true },
  { point: "/var/tmp", options: ["nodev", "nosuid", "noexec"], separate: false },
  { point: "/dev/shm", options: ["nodev", "nosuid", "noexec"], separate: false },
  { point: "/home", options: ["nodev", "nosuid"], separate: false },
  { point: "/var/log", options: ["nodev", "nosuid", "noexec"], separate: false },
  { point: "/var/log/audit", options: ["nodev", "nosuid", "noexec"], separate: false },
  { point: "/boot", options: ["nodev", "nosuid", "noexec"], separate: false },
  { point: "/run", options: ["nodev", "nosuid"], separate: false },
];

export default defineCheck({
  title: "Folders that everyone may write to allow programs or devices",
  severity: "low",
  clauses: ["4.5.5-a", "4.5.1-b"],
  why: "A program dropped into a shared folder should not run, and a device or set-user-id file there should count for nothing.",
  fix: "Mount the folder with nodev,nosuid,noexec in /etc/fstab, or by systemctl enable tmp.mount with a drop-in.",
  needs: { mounts },
  references: [
    "CIS Distribution Independent Linux 2.0.0 1.1",
    "CIS Debian Linux 12 1.1.0 1.1.2",
    "CIS Red Hat Enterprise Linux 9 2.0.0 1.1.2",
  ],
  evaluate({ mounts: { mounts } }) {
    if (mounts.length === 0) return unknown("no mount could be seen", "mount /proc of the host");
    const items = expectations.flatMap(({ point, options, separate }) => {
      const mount = mounts.findLast((candidate) => candidate.point === point);
      if (!mount)
        return separate
          ? [{ at: point, found: "no mount of its own", expected: `a mount with ${options.join(",")}`, key: point }]
          : [];
      const missing = options.filter((option) => !mount.options.includes(option));
      if (missing.length === 0) return [];
      return [
        {
          at: point,
          found: `mounted without ${missing.join(", ")}`,
          expected: options.join(","),
          key: point,
          fix: `mount -o remount,${options.join(",")} ${shellWord(point)}`,
        },
      ];
    });
    return failEach(items, {
      at: "/proc/1/mountinfo",
      found: "shared folders are mounted without programs, devices and set-user-id",
    });
  },
  examples: {
    pass: [
      {
        mounts: {
          mounts: [
            {
              point: "/tmp",
              type: "tmpfs",
              source: "tmpfs",
              options: ["rw", "nodev", "nosuid", "noexec"],
              readOnly: false,
              device: "0:40",
            },
          ],
        },
      },
    ],
    fail: [
      {
        mounts: {
          mounts: [{ point: "/tmp", type: "tmpfs", source: "tmpfs", options: ["rw"], readOnly: false, device: "0:40" }],
        },
      },
    ],
    unknown: [{ mounts: { mounts: [] } }],
  },
});
