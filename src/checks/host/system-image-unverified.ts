import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { mounts } from "../../facts/host/mounts.ts";

export default defineCheck({
  title: "System image is not verified while it runs",
  severity: "low",
  clauses: ["4.6-i", "4.6-f"],
  why: "Secure Boot ends with the kernel; without dm-verity or its like whoever writes to the disk changes the system unseen.",
  fix: "Use an image with dm-verity or composefs for / or /usr (Bottlerocket, Flatcar, Talos, Fedora CoreOS, Container-Optimized OS).",
  needs: { mounts },
  evaluate({ mounts: { mounts, mappedDevices } }) {
    if (mounts.length === 0) return unknown("no mount could be seen", "mount /proc of the host");
    const system = mounts.filter(({ point }) => point === "/" || point === "/usr");
    const verified = mappedDevices.filter(({ uuid }) => uuid.startsWith("CRYPT-VERITY"));
    const composed = system.filter(
      ({ type, options }) =>
        type === "composefs" ||
        (type === "overlay" && options.some((option) => /^(verity=require|digest=)/.test(option))),
    );
    const used = verified.filter(({ device, name }) =>
      system.some(
        ({ source }) => source === `/dev/${device}` || source === `/dev/mapper/${name}` || source === "/dev/root",
      ),
    );
    const evidence = {
      at: "/sys/block/dm-*/dm/uuid, /proc/1/mountinfo",
      found:
        [...used.map(({ name }) => `dm-verity ${name}`), ...composed.map(({ point }) => `composefs ${point}`)].join(
          ", ",
        ) || "neither dm-verity nor composefs below / or /usr",
      expected: "/ or /usr verified",
    };
    return used.length + composed.length > 0 ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [
      {
        mounts: {
          mounts: [
            {
              point: "/usr",
              type: "ext4",
              source: "/dev/mapper/usr",
              options: ["ro"],
              readOnly: true,
              device: "254:0",
            },
          ],
          mappedDevices: [{ device: "dm-0", name: "usr", uuid: "CRYPT-VERITY-1-usr", readOnly: true }],
        },
      },
    ],
    fail: [
      {
        mounts: {
          mounts: [
            { point: "/", type: "ext4", source: "/dev/vda1", options: ["rw"], readOnly: false, device: "254:1" },
          ],
        },
      },
    ],
    unknown: [{ mounts: { mounts: [] } }],
  },
});
