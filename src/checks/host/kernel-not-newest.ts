import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { kernel } from "../../facts/host/kernel.ts";
import { kernelConfiguration } from "../../facts/host/kernel-configuration.ts";
import { updates } from "../../facts/host/updates.ts";

export default defineCheck({
  title: "Host runs an older kernel than the newest installed",
  severity: "high",
  clauses: ["4.5.1-f", "4.5.3-b", "4.5.3-c"],
  why: "A kernel update counts from the next start only, and every container shares the kernel that runs now.",
  fix: "Drain the host and start it anew.",
  needs: { kernel, configuration: kernelConfiguration, updates },
  evaluate({ kernel: { release }, configuration: { installedReleases }, updates: { rebootRequired } }) {
    const at = "/proc/sys/kernel/osrelease, /boot, /lib/modules";
    if (rebootRequired)
      return fail({
        at: "/run/reboot-required",
        found: `running ${release}, and an update asks for a restart`,
        expected: "started since the last update",
      });
    const sameFlavour = installedReleases.filter((candidate) => flavour(candidate) === flavour(release));
    if (!installedReleases.includes(release))
      return unknown(
        `the running kernel ${release} was not installed by a package of this host, so what would be newest is not known`,
        "compare with what the image or hypervisor that supplies the kernel offers",
      );
    const newest = sameFlavour.sort(compareReleases).at(-1)!;
    const evidence = { at, found: `running ${release}, newest installed ${newest}`, expected: newest };
    return compareReleases(release, newest) < 0 ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [
      {
        kernel: { release: "6.12.9-amd64" },
        configuration: { installedReleases: ["6.12.6-amd64", "6.12.9-amd64"] },
        updates: { manager: "apt", rebootRequired: false },
      },
    ],
    fail: [
      {
        kernel: { release: "6.12.9-amd64" },
        configuration: { installedReleases: ["6.12.9-amd64", "6.12.10-amd64"] },
        updates: { manager: "apt", rebootRequired: false },
      },
      { kernel: { release: "6.12.9" }, configuration: {}, updates: { manager: "apt", rebootRequired: true } },
    ],
    unknown: [
      {
        kernel: { release: "6.18.44-fc" },
        configuration: { installedReleases: [] },
        updates: { manager: "apt", rebootRequired: false },
      },
    ],
  },
});

/** What follows the numbers: `amd64`, `generic`, `cloud-amd64`; kernels of another flavour are no successors. */
function flavour(release: string): string {
  return release
    .replace(/^[\d.]+/, "")
    .replaceAll(/[+~-]\d+(?=[.-]|$)/g, "")
    .replaceAll(/\d+/g, "");
}

function compareReleases(a: string, b: string): number {
  const left = a.match(/\d+/g)?.map(Number) ?? [];
  const right = b.match(/\d+/g)?.map(Number) ?? [];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = (left[index] ?? -1) - (right[index] ?? -1);
    if (order !== 0) return order;
  }
  return 0;
}
