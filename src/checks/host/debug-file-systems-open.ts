import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { mounts } from "../../facts/host/mounts.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Debugging and tracing file systems of the kernel open to everyone",
  severity: "medium",
  clauses: ["4.5.1-b", "8176-5.3-b"],
  why: "debugfs and tracefs show addresses, devices and what every process does, and change how the kernel runs; both were made for developers.",
  fix: "systemctl mask sys-kernel-debug.mount sys-kernel-tracing.mount, or mount both with mode=0700.",
  needs: { mounts },
  evaluate({ mounts: { mounts } }) {
    if (mounts.length === 0) return unknown("no mount could be seen", "mount /proc of the host");
    const found = mounts.filter(({ type }) => type === "debugfs" || type === "tracefs");
    const items = found.flatMap(({ point, type, mode }) =>
      mode !== undefined && (Number.parseInt(mode, 8) & 0o007) !== 0
        ? [
            {
              at: point,
              found: `${type} with mode ${mode}`,
              expected: "mode 0700, or not mounted",
              key: `${type} ${point}`,
              fix: `chmod 0700 ${shellWord(point)}`,
            },
          ]
        : [],
    );
    const hidden = found.filter(({ mode }) => mode === undefined);
    if (items.length === 0 && hidden.length > 0)
      return unknown(
        `the rights of ${hidden.map(({ point }) => point).join(", ")} cannot be seen`,
        "assess the running host, or its root with /sys mounted",
      );
    return failEach(items, {
      at: "/proc/1/mountinfo",
      found:
        found.length === 0
          ? "neither debugfs nor tracefs is mounted"
          : found.map(({ point, mode }) => `${point} with mode ${mode}`).join(", "),
    });
  },
  examples: {
    pass: [
      {
        mounts: {
          mounts: [
            { point: "/", type: "ext4", source: "/dev/vda1", options: ["rw"], readOnly: false, device: "254:1" },
            {
              point: "/sys/kernel/debug",
              type: "debugfs",
              source: "debugfs",
              options: ["rw"],
              readOnly: false,
              device: "0:7",
              mode: "0700",
            },
          ],
        },
      },
    ],
    fail: [
      {
        mounts: {
          mounts: [
            {
              point: "/sys/kernel/tracing",
              type: "tracefs",
              source: "tracefs",
              options: ["rw"],
              readOnly: false,
              device: "0:12",
              mode: "0755",
            },
          ],
        },
      },
    ],
    unknown: [
      { mounts: { mounts: [] } },
      {
        mounts: {
          mounts: [
            {
              point: "/sys/kernel/debug",
              type: "debugfs",
              source: "debugfs",
              options: ["rw"],
              readOnly: false,
              device: "0:7",
            },
          ],
        },
      },
    ],
  },
});
