import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { kernelConfiguration } from "../../facts/host/kernel-configuration.ts";

interface BuildExpectation {
  readonly option: string;
  /** Any of these satisfies it as well. */
  readonly or?: readonly string[];
  /** `y`, or undefined for an option that should not be set. */
  readonly set: boolean;
  readonly severity: Severity;
  /** Only where this option is set. */
  readonly only?: string;
}

const expectations: readonly BuildExpectation[] = [
  { option: "STACKPROTECTOR_STRONG", set: true, severity: "medium" },
  { option: "STRICT_KERNEL_RWX", set: true, severity: "high" },
  { option: "STRICT_MODULE_RWX", set: true, severity: "medium", only: "MODULES" },
  { option: "VMAP_STACK", set: true, severity: "low" },
  { option: "RANDOMIZE_BASE", set: true, severity: "medium" },
  { option: "HARDENED_USERCOPY", set: true, severity: "medium" },
  { option: "FORTIFY_SOURCE", set: true, severity: "low" },
  { option: "SLAB_FREELIST_RANDOM", set: true, severity: "low" },
  { option: "SLAB_FREELIST_HARDENED", set: true, severity: "low" },
  { option: "INIT_ON_ALLOC_DEFAULT_ON", set: true, severity: "low" },
  { option: "SECCOMP_FILTER", set: true, severity: "high" },
  { option: "BPF_UNPRIV_DEFAULT_OFF", set: true, severity: "low", only: "BPF_SYSCALL" },
  { option: "STRICT_DEVMEM", set: true, severity: "medium", only: "DEVMEM" },
  { option: "MODULE_SIG", set: true, severity: "medium", only: "MODULES" },
  {
    option: "SECURITY_APPARMOR",
    or: ["SECURITY_SELINUX", "SECURITY_SMACK", "SECURITY_TOMOYO"],
    set: true,
    severity: "high",
  },
  { option: "CGROUP_PIDS", set: true, severity: "medium" },
  { option: "MEMCG", set: true, severity: "medium" },
  { option: "DEVKMEM", set: false, severity: "high" },
  { option: "LEGACY_PTYS", set: false, severity: "low" },
  { option: "COMPAT_BRK", set: false, severity: "medium" },
  { option: "PROC_KCORE", set: false, severity: "low" },
  { option: "LDISC_AUTOLOAD", set: false, severity: "low" },
];

export default defineCheck({
  title: "Kernel built without protections",
  severity: "medium",
  clauses: ["4.5.1-b", "8176-4.1-a", "8176-4.1-b"],
  why: "Containers rely on the kernel alone; what was left out when it was built no setting brings back.",
  fix: "Use the distribution's kernel, or build with the named options.",
  needs: { configuration: kernelConfiguration },
  evaluate({ configuration: { options, source } }) {
    if (source === undefined)
      return unknown(
        "the kernel does not show how it was built",
        "use a kernel with /proc/config.gz, or keep its /boot/config file",
      );
    const isSet = (name: string) => options[name] === "y" || options[name] === "m";
    const judged = expectations.filter(({ only }) => only === undefined || isSet(only));
    const items = judged
      .filter(({ option, or, set }) => [option, ...(or ?? [])].some(isSet) !== set)
      .map(({ option, or, set, severity }) => ({
        at: source,
        found: `${[option, ...(or ?? [])].join(", ")}: ${set ? "not set" : "set"}`,
        expected: set ? "y" : "not set",
        key: option,
        severity,
      }));
    return failEach(items, { at: source, found: `${judged.length} options as they should be` });
  },
  examples: {
    pass: [
      {
        configuration: {
          source: "/proc/config.gz",
          options: Object.fromEntries(
            "STACKPROTECTOR_STRONG STRICT_KERNEL_RWX VMAP_STACK RANDOMIZE_BASE HARDENED_USERCOPY FORTIFY_SOURCE SLAB_FREELIST_RANDOM SLAB_FREELIST_HARDENED INIT_ON_ALLOC_DEFAULT_ON SECCOMP_FILTER SECURITY_SELINUX CGROUP_PIDS MEMCG"
              .split(" ")
              .map((name) => [name, "y"]),
          ),
        },
      },
    ],
    fail: [{ configuration: { source: "/proc/config.gz", options: { SECCOMP_FILTER: "y" } } }],
    unknown: [{ configuration: {} }],
  },
});
