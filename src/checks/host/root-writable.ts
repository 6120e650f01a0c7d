import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { mounts } from "../../facts/host/mounts.ts";

export default defineCheck({
  title: "System of the host is writable",
  severity: "low",
  clauses: ["4.5.3-e", "4.5.3-g", "4.5.1-a"],
  why: "Where the system cannot be written, an intruder cannot stay and hosts do not drift apart.",
  fix: "Use an image whose /usr is read-only and verified (dm-verity, composefs, squashfs), and replace hosts instead of changing them.",
  needs: { mounts },
  evaluate({ mounts: { mounts, mappedDevices } }) {
    const covering = (path: string) =>
      mounts
        .filter(({ point }) => point === path || point === "/")
        .sort((a, b) => a.point.length - b.point.length)
        .at(-1);
    const mount = covering("/usr");
    if (!mount) return unknown("the mount of / cannot be seen", "mount /proc of the host");
    const verified = mappedDevices.some(({ uuid }) => uuid.startsWith("CRYPT-VERITY"));
    const evidence = {
      at: mount.point,
      found: `${mount.type}, ${mount.readOnly ? "read-only" : "read-write"}${verified ? ", dm-verity in use" : ""}`,
      expected: "read-only",
    };
    return mount.readOnly || ["squashfs", "erofs"].includes(mount.type) ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [
      {
        mounts: {
          mounts: [
            { point: "/", type: "erofs", source: "/dev/dm-0", options: ["ro"], readOnly: true, device: "254:0" },
          ],
        },
      },
    ],
    fail: [
      {
        mounts: {
          mounts: [{ point: "/", type: "ext4", source: "/dev/vda", options: ["rw"], readOnly: false, device: "254:0" }],
        },
      },
    ],
    unknown: [{ mounts: { mounts: [] } }],
  },
});
