import { defineCheck, fail, failEach } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";
import { contains, hostMounts } from "../../facts/container/host-paths.ts";

/** Devices that hold no state of the host: purely virtual, or the same for everyone. */
const harmless = new Set([
  "/dev/null",
  "/dev/zero",
  "/dev/full",
  "/dev/random",
  "/dev/urandom",
  "/dev/tty",
  "/dev/ptmx",
  "/dev/net/tun",
]);

export default defineCheck({
  title: "Device of the host in a container",
  severity: "high",
  clauses: ["8176-5.5-c"],
  why: "A disk, a memory device or an input device in a container is a way around every other wall: its content is the host's.",
  fix: "Remove the device (`--device`, the hostPath below /dev, `privileged`); offer hardware through a device plugin.",
  references: ["CIS Docker 1.6.0 5.18"],
  needs: { container },
  evaluate({ container }) {
    const expected = "virtual devices only";
    if (container.privileged)
      return fail({
        ...seenIn(container, "privileged"),
        key: "privileged",
        found: "every device, for it is privileged",
        expected,
      });
    const mounted = hostMounts(container)
      .filter((mount) => contains("/dev", mount.path) && !harmless.has(mount.path) && !contains("/dev/shm", mount.path))
      .map((mount) => ({
        ...seenIn(container, `mounts.${mount.index}`),
        key: mount.path,
        found: mount.path,
        expected,
      }));
    const given = container.devices
      .filter((device) => !harmless.has(device))
      .map((device) => ({ ...seenIn(container, "devices"), key: device, found: device, expected }));
    return failEach([...mounted, ...given], { ...seenIn(container, ""), found: "no device of the host", expected });
  },
  examples: {
    pass: [{ container: exampleContainer({ runtime: "docker", devices: ["/dev/net/tun"] }) }],
    fail: [
      { container: exampleContainer({ runtime: "docker", devices: ["/dev/sda"] }) },
      {
        container: exampleContainer({
          mounts: [{ kind: "host-path", source: "/dev/kmsg", destination: "/dev/kmsg", readOnly: true }],
        }),
      },
      { container: exampleContainer({ privileged: true }) },
    ],
  },
});
