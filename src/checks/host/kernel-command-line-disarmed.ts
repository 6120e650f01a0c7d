import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { kernel } from "../../facts/host/kernel.ts";

/** Switches of the kernel command line that take protection away (admin-guide/kernel-parameters). */
const disarming: readonly (readonly [RegExp, Severity, string])[] = [
  [/^mitigations=off$/, "critical", "processor flaws are left open"],
  [
    /^(nopti|pti=off|nospectre_v[12]|spectre_v2=off|spec_store_bypass_disable=off|mds=off|tsx_async_abort=off|l1tf=off|retbleed=off|kvm-intel\.vmentry_l1d_flush=never)$/,
    "high",
    "a processor flaw is left open",
  ],
  [/^(nosmep|nosmap|noexec=off|nokaslr|norandmaps)$/, "high", "a memory protection is off"],
  [/^(selinux=0|apparmor=0|enforcing=0|security=none)$/, "high", "mandatory access control is off"],
  [/^audit=(0|off)$/, "high", "auditing is off"],
  [/^module\.sig_enforce=0$/, "medium", "unsigned modules load"],
  [
    /^(init=.*sh|systemd\.unit=(rescue|emergency)\.target|single|rd\.break.*)$/,
    "critical",
    "the machine starts a shell instead of the system",
  ],
  [/^systemd\.debug[_-]shell(=1)?$/, "critical", "a root shell waits on a console"],
  [/^debugfs=on$/, "low", "the debug file system is open"],
  [/^((intel|amd)_iommu=off|iommu=off)$/, "medium", "devices reach all memory"],
  [/^dis_ucode_ldr$/, "medium", "microcode updates are not loaded"],
  [/^ima_appraise=(off|fix|log)$/, "medium", "file appraisal does not enforce"],
  [
    /^(lockdown=none|efi=disable_early_pci_dma|random\.trust_bootloader=on_untrusted)$/,
    "low",
    "a protection is switched off",
  ],
  [/^slub_debug=-$/, "low", "allocator checks are off"],
  [/^vsyscall=(emulate|native)$/, "low", "fixed addresses are mapped into every process"],
];

export default defineCheck({
  title: "Kernel command line switches protection off",
  severity: "high",
  clauses: ["4.5.1-b", "8176-4.1-pre"],
  why: "A switch given at boot overrules every later setting, for all containers at once.",
  fix: "Remove the switch from the boot loader's configuration (GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub or grub2-mkconfig) and start the host anew.",
  needs: { kernel },
  evaluate({ kernel: { commandLine } }) {
    if (commandLine === undefined)
      return unknown("the kernel command line could not be read", "mount /proc of the host");
    const [arguments_] = commandLine.split(" -- ");
    const items = arguments_!.split(/\s+/).flatMap((word) => {
      const found = disarming.find(([pattern]) => pattern.test(word));
      return found
        ? [{ at: "/proc/cmdline", found: `${word}: ${found[2]}`, expected: "not given", key: word, severity: found[1] }]
        : [];
    });
    return failEach(items, { at: "/proc/cmdline", found: commandLine });
  },
  examples: {
    pass: [{ kernel: { release: "6.12", commandLine: "root=/dev/vda1 ro quiet mitigations=auto,nosmt" } }],
    fail: [
      { kernel: { release: "6.12", commandLine: "root=/dev/vda1 mitigations=off" } },
      { kernel: { release: "6.12", commandLine: "ro apparmor=0 init=/bin/bash" } },
    ],
    unknown: [{ kernel: { release: "6.12" } }],
  },
});
