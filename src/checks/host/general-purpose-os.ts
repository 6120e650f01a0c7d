import { defineCheck, fail, pass } from "../../core/check.ts";
import { containerOsOf } from "../../facts/host/container-os.ts";
import { hostOsRelease } from "../../facts/host/os-release.ts";

export default defineCheck({
  title: "General-purpose operating system on a container host",
  severity: "medium",
  clauses: ["4.5.1-a"],
  why: "A general-purpose system carries services, packages and writable files that containers never need and attackers do.",
  fix: "Run containers on a container-specific system (Bottlerocket, Flatcar, Talos, Fedora CoreOS, Container-Optimized OS, MicroOS); until then harden this one as SP 800-123 says: the other host checks are that profile.",
  needs: { release: hostOsRelease },
  evaluate({ release }) {
    const system = containerOsOf(release);
    const name = release.prettyName ?? `${release.id} ${release.versionId ?? ""}`.trim();
    return system
      ? pass({ at: release.path, found: `${name}: ${system.name}` })
      : fail({
          at: release.path,
          found: `${name} (ID=${release.id})`,
          expected: "a container-specific operating system",
        });
  },
  examples: {
    pass: [
      { release: { id: "bottlerocket", path: "/usr/lib/os-release" } },
      { release: { id: "fedora", variantId: "coreos", path: "/etc/os-release" } },
    ],
    fail: [
      { release: { id: "debian", versionId: "13", path: "/etc/os-release" } },
      { release: { id: "fedora", variantId: "server", path: "/etc/os-release" } },
    ],
  },
});
