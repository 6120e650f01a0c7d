import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { type ContainerOperatingSystem, containerOsOf, type Guarantee } from "../../facts/host/container-os.ts";
import { kernel } from "../../facts/host/kernel.ts";
import { type Mounts, mounts } from "../../facts/host/mounts.ts";
import { hostOsRelease } from "../../facts/host/os-release.ts";

interface Proof {
  readonly holds: boolean | undefined;
  readonly at: string;
  readonly found: string;
  readonly expected: string;
}
interface Seen {
  readonly mounts: Mounts;
  readonly lockdown: string | undefined;
  readonly signedModules: boolean | undefined;
}

const proofs: Readonly<Record<Guarantee, (seen: Seen) => Proof>> = {
  "root-read-only": ({ mounts }) => readOnly(mounts, "/"),
  "usr-read-only": ({ mounts }) => readOnly(mounts, "/usr"),
  verity({ mounts: { mappedDevices } }) {
    const verity = mappedDevices.filter(({ uuid }) => uuid.startsWith("CRYPT-VERITY"));
    return {
      holds: verity.length > 0,
      at: "/sys/block/dm-*/dm/uuid",
      found: verity.map(({ name }) => name).join(", ") || "no device with dm-verity",
      expected: "the system's device verified by dm-verity",
    };
  },
  "etc-in-memory"({ mounts }) {
    const mount = mountAt(mounts, "/etc");
    return {
      holds: mount?.point === "/etc" && ["tmpfs", "overlay"].includes(mount.type),
      at: "/etc",
      found: mount?.point === "/etc" ? mount.type : "no mount of its own",
      expected: "tmpfs",
    };
  },
  "selinux-enforcing": ({ mounts: { selinuxEnforcing } }) => ({
    holds: selinuxEnforcing,
    at: "/sys/fs/selinux/enforce",
    found: selinuxEnforcing === undefined ? "not to be seen" : selinuxEnforcing ? "enforcing" : "permissive",
    expected: "enforcing",
  }),
  lockdown: ({ lockdown }) => ({
    holds: lockdown === undefined ? undefined : lockdown !== "none",
    at: "/sys/kernel/security/lockdown",
    found: lockdown ?? "not to be seen",
    expected: "integrity or confidentiality",
  }),
  "no-shell": ({ mounts: { shells } }) => ({
    holds: shells.length === 0,
    at: "/bin",
    found: shells.join(", ") || "no shell",
    expected: "no shell",
  }),
  "no-ssh": ({ mounts: { sshServer } }) => ({
    holds: sshServer === undefined ? undefined : !sshServer,
    at: "/usr/sbin/sshd",
    found: sshServer ? "there" : "absent",
    expected: "absent",
  }),
  "signed-modules": ({ signedModules }) => ({
    holds: signedModules,
    at: "/sys/module/module/parameters/sig_enforce",
    found: String(signedModules ?? "not to be seen"),
    expected: "true",
  }),
};

export default defineCheck({
  title: "Container-specific system does not keep its maker's promises",
  severity: "critical",
  clauses: ["4.5.1-a", "4.5.3-e", "4.5.3-g"],
  why: "The name in os-release proves nothing: a writable root or a shell means that the system was changed, or that something only calls itself so.",
  fix: "Replace the host by a fresh instance of the maker's image.",
  needs: { release: hostOsRelease, mounts, kernel },
  evaluate({ release, mounts, kernel }) {
    const system = containerOsOf(release);
    if (!system) return notApplicable(`${release.prettyName ?? release.id} is a general-purpose system`);
    const seen: Seen = { mounts, lockdown: kernel.lockdown, signedModules: kernel.modules?.signaturesEnforced };
    return judge(system, seen);
  },
  examples: {
    pass: [
      {
        release: { id: "flatcar", path: "/usr/lib/os-release" },
        mounts: {
          mounts: [
            { point: "/", type: "ext4", source: "/dev/sda9", options: [], readOnly: false, device: "8:9" },
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
        kernel: { release: "6.6" },
      },
    ],
    fail: [
      {
        release: { id: "bottlerocket", path: "/usr/lib/os-release" },
        mounts: {
          mounts: [{ point: "/", type: "ext4", source: "/dev/sda1", options: ["rw"], readOnly: false, device: "8:1" }],
          shells: ["/bin/sh"],
          selinuxEnforcing: true,
        },
        kernel: { release: "6.6", lockdown: "integrity" },
      },
    ],
    notApplicable: [
      { release: { id: "debian", path: "/etc/os-release" }, mounts: { mounts: [] }, kernel: { release: "6.6" } },
    ],
  },
});

function judge(system: ContainerOperatingSystem, seen: Seen) {
  const results = system.guarantees.map((guarantee) => ({ guarantee, ...proofs[guarantee](seen) }));
  const broken = results.filter(({ holds }) => holds === false);
  const hidden = results.filter(({ holds }) => holds === undefined);
  if (broken.length === 0 && hidden.length > 0) {
    return {
      status: "unknown",
      reason: `${system.name}: not to be seen: ${hidden.map(({ at }) => at).join(", ")}`,
      remedy: "mount securityfs and /sys of the host, and collect with root's rights",
    } as const;
  }
  const held = results.map(({ guarantee }) => guarantee).join(", ") || "no promise that the kernel can prove";
  return failEach(
    broken.map(({ guarantee, at, found, expected }) => ({ at, found, expected, key: `${system.name} ${guarantee}` })),
    { at: "/proc/1/mountinfo, /sys", found: `${system.name}: ${held}` },
  );
}

function mountAt({ mounts }: Mounts, path: string): Mounts["mounts"][number] | undefined {
  const above = mounts.filter(({ point }) => point === "/" || path === point || path.startsWith(`${point}/`));
  return above.reduce<Mounts["mounts"][number] | undefined>(
    (best, mount) => (best === undefined || mount.point.length >= best.point.length ? mount : best),
    undefined,
  );
}

function readOnly(mounts: Mounts, path: string): Proof {
  const mount = mountAt(mounts, path);
  const sealed = mount !== undefined && (mount.readOnly || ["squashfs", "erofs", "composefs"].includes(mount.type));
  return {
    holds: mount === undefined ? undefined : sealed,
    at: path,
    found: mount ? `${mount.type} ${mount.readOnly ? "read-only" : "read-write"}` : "not to be seen",
    expected: "read-only",
  };
}
