import { defineCollector } from "../../core/collector.ts";
import { kernel } from "../../facts/host/kernel.ts";
import { currentLockdown } from "../../formats/host/lockdown.ts";
import type { HostRoot } from "../host-root.ts";

export default defineCollector<HostRoot, typeof kernel.schema>({
  reads: "host",
  provides: kernel,
  async *collect(root) {
    const release = await root.read("/proc/sys/kernel/osrelease");
    if (!("text" in release)) {
      yield {
        subject: root.subject,
        source: "/proc/sys/kernel/osrelease",
        unavailable: release.reason,
        remedy: "assess the running host: / itself, or its root with /proc mounted",
      };
      return;
    }
    const modules = await moduleSupport(root);
    yield {
      subject: root.subject,
      source: "/proc, /sys/kernel/security",
      value: {
        release: release.text.trim(),
        version: (await root.text("/proc/version"))?.trim(),
        commandLine: (await root.text("/proc/cmdline"))?.trim(),
        securityModules: (await root.text("/sys/kernel/security/lsm"))?.trim().split(",").filter(Boolean),
        lockdown: currentLockdown(await root.text("/sys/kernel/security/lockdown")),
        modules,
        memoryMerging: await memoryMerging(root),
        tainted: numberOf(await root.text("/proc/sys/kernel/tainted")),
      },
    };
  },
});

/** /proc/modules is there exactly where the kernel can load modules (CONFIG_MODULES). */
async function moduleSupport(root: HostRoot) {
  if (!(await root.exists("/proc/self"))) return undefined;
  const supported = await root.exists("/proc/modules");
  if (!supported) return { supported };
  const disabled = (await root.text("/proc/sys/kernel/modules_disabled"))?.trim();
  const enforced = (await root.text("/sys/module/module/parameters/sig_enforce"))?.trim();
  return {
    supported,
    loadingDisabled: disabled === undefined ? undefined : disabled === "1",
    signaturesEnforced: enforced === undefined ? undefined : enforced === "Y" || enforced === "1",
  };
}

/** A kernel without the feature merges nothing. */
async function memoryMerging(root: HostRoot): Promise<boolean | undefined> {
  const run = await root.text("/sys/kernel/mm/ksm/run");
  if (run !== undefined) return run.trim() === "1";
  return (await root.exists("/sys/kernel/mm")) ? false : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : Number(text.trim() || Number.NaN);
  return Number.isNaN(value) ? undefined : value;
}
