import type { Evidence } from "../../../core/check.ts";
import { shellWord } from "../shell.ts";
import type { HostFixes } from "./fix.ts";

/** Sets the parameter that the evidence names by its file to the first word of what is expected. */
function parameter({ at, expected }: Evidence): string | undefined {
  const path = /^\/proc\/sys\/(\S+)$/.exec(at)?.[1];
  const value = typeof expected === "string" ? /^-?\d+/.exec(expected)?.[0] : undefined;
  return path === undefined || value === undefined ? undefined : `set_parameter ${shellWord(path)} ${value}`;
}

const lacks =
  "This kernel does not have the parameter: use a kernel that has it, or close what it guards in another way.";
const commandLine =
  "A wrong command line keeps the host from starting, and its place differs by boot loader: change GRUB_CMDLINE_LINUX in /etc/default/grub and run update-grub (Red Hat: grubby --update-kernel=ALL), then start the host anew.";
const restart = "The host must start anew: drain it first; containers move to other hosts or stop meanwhile.";

/** Fixes of the kernel and its parameters. */
export const kernelFixes: HostFixes = {
  "address-randomisation-weak": {
    script: parameter,
    byHand: lacks,
    impact: "None: it holds for programs that start from then on.",
  },
  "kernel-interfaces-open": {
    script: parameter,
    byHand: lacks,
    impact:
      "Debuggers, profilers and programs with io_uring or userfaultfd in containers without privileges lose them; agents with privileges keep them.",
  },
  "kernel-log-readable": {
    script: parameter,
    byHand: lacks,
    impact: "dmesg in a container without CAP_SYSLOG shows nothing.",
  },
  "kernel-pointers-exposed": {
    script: parameter,
    byHand: lacks,
    impact: "Profilers in containers without privileges see no kernel symbols.",
  },
  "link-protection-off": {
    script: parameter,
    byHand: lacks,
    impact: "None for programs that do not open other people's files in shared folders.",
  },
  "network-parameters-weak": {
    script: parameter,
    byHand: lacks,
    impact:
      "None for bridged containers; a network plugin that routes asymmetrically needs rp_filter 2 on its interfaces.",
  },
  "packet-forwarding-without-need": {
    script: parameter,
    byHand: lacks,
    impact: "With 0 containers on a bridge reach nothing beyond the host; the value follows from the host's roles.",
  },
  "unprivileged-bpf-allowed": {
    script: parameter,
    byHand: lacks,
    impact: "Containers without CAP_BPF can load no programs into the kernel; agents with it can.",
  },
  "kubelet-kernel-parameters-missing": {
    script: parameter,
    byHand: lacks,
    impact: "None: a kubelet with protectKernelDefaults starts only with them.",
  },
  "core-dump-uncontained": {
    script: () => "set_parameter kernel/core_pattern '|/bin/false'",
    impact: "A container that crashes leaves no core dump; dumps need a handler on the host such as systemd-coredump.",
  },
  "user-namespaces-unfit": {
    script: ({ expected }) =>
      String(expected).startsWith("open")
        ? "set_parameter user/max_user_namespaces 15000\nif [ -e /proc/sys/kernel/unprivileged_userns_clone ]; then set_parameter kernel/unprivileged_userns_clone 1; fi"
        : [
            "if [ -e /proc/sys/kernel/unprivileged_userns_clone ]; then set_parameter kernel/unprivileged_userns_clone 0",
            "elif [ -e /proc/sys/kernel/apparmor_restrict_unprivileged_userns ]; then set_parameter kernel/apparmor_restrict_unprivileged_userns 1",
            "else set_parameter user/max_user_namespaces 0; fi",
          ].join("\n"),
    impact:
      "Closed: rootless engines and pods with hostUsers: false stop working where user.max_user_namespaces is 0. Open: rootless engines work.",
  },
  "memory-merging-on": {
    script: () =>
      "put_line /etc/tmpfiles.d/plimsoll-ksm.conf 'w /sys/kernel/mm/ksm/run' 'w /sys/kernel/mm/ksm/run - - - - 2'\nlive systemd-tmpfiles --create /etc/tmpfiles.d/plimsoll-ksm.conf",
    impact: "Merged pages are parted again: memory use grows, most with virtual machines beside containers.",
  },
  "kernel-module-risky": {
    script: ({ key }) => {
      const name = key ?? "";
      return /^[\w-]+$/.test(name)
        ? `put_line /etc/modprobe.d/plimsoll.conf ${shellWord(`install ${name} `)} ${shellWord(`install ${name} /bin/false`)}\nlive modprobe -r ${name}`
        : undefined;
    },
    byHand: "The module's name is unusual: write its install line into /etc/modprobe.d by hand.",
    impact:
      "None unless a container uses the file system or protocol; overlay, bridges and filters are never among them.",
  },
  "kernel-modules-loadable": {
    byHand: commandLine,
    impact: `Unsigned modules, such as drivers of storage or graphics cards, no longer load. ${restart}`,
  },
  "kernel-lockdown-off": {
    byHand: commandLine,
    impact: `Agents that write kernel memory or load unsigned modules stop working. ${restart}`,
  },
  "kernel-command-line-disarmed": { byHand: commandLine, impact: restart },
  "mandatory-access-control-off": {
    byHand: `Switching it on relabels or confines everything at the next start and must be tried first. ${commandLine}`,
    impact: `Containers run confined: mounts of the host without a label (z, Z) can no longer be written. ${restart}`,
  },
  "control-groups-old": {
    byHand: commandLine,
    impact: `Engines and agents that know version 1 only stop working. ${restart}`,
  },
  "kernel-build-weak": {
    byHand: "Options of the build cannot be set later: install the distribution's kernel.",
    impact: restart,
  },
  "kernel-not-newest": {
    byHand: "Only the owner can say when the host may start anew: drain it, then reboot.",
    impact: restart,
  },
  "running-kernel-vulnerable": {
    byHand:
      "The fixed kernel is installed by the package manager, and only the owner can say when the host may start anew.",
    impact: restart,
  },
  "kernel-past-end-of-life": {
    byHand: "Another kernel is another package or image: install it, then start anew.",
    impact: restart,
  },
  "kernel-tainted": {
    byHand: "Which module taints it, and whether it is needed, must be judged: dmesg names it.",
    impact: restart,
  },
  "live-patch-incomplete": {
    byHand: "Which task holds the transition up differs: /proc/*/patch_state shows it.",
    impact: "Tasks that are signalled may restart their container.",
  },
  "hidden-kernel-module": {
    byHand: "A host with a rootkit cannot be cleaned from within: isolate it, keep its state, replace it.",
    impact: "All its containers move to another host; treat their secrets as known.",
  },
  "hidden-process": {
    byHand: "A host that hides processes cannot be cleaned from within: isolate it, keep its state, replace it.",
    impact: "All its containers move to another host; treat their secrets as known.",
  },
  "boot-loader-open": {
    script: ({ at }) => (/loader\.conf$/.test(at) ? `put_line ${shellWord(at)} 'editor ' 'editor no'` : undefined),
    byHand:
      "A password must be chosen by a person: grub2-setpassword, or grub-mkpasswd-pbkdf2 and superusers in /etc/grub.d/40_custom.",
    impact: "None: it holds for people at the console.",
  },
  "debug-file-systems-open": {
    script: ({ at }) =>
      at.startsWith("/sys/")
        ? [
            "mask_unit sys-kernel-debug.mount",
            "mask_unit sys-kernel-tracing.mount",
            `live chmod 0700 ${shellWord(at)}`,
          ].join("\n")
        : undefined,
    byHand:
      "It is mounted where no unit of systemd does it: find the line of /etc/fstab or the script, and add mode=0700.",
    impact:
      "Agents with the host's root that read traces go on until the next start of the host; then they need the mount: give it mode=0700 instead.",
  },
  "code-integrity-unenforced": {
    byHand: `A policy must be signed by whoever builds the image, and a wrong one keeps the host from running anything. ${commandLine}`,
    impact: "Programs of containers are code too: a policy that trusts the system's image alone stops all of them.",
  },
  "kernel-program-unexpected": {
    byHand: "Whether the process is wanted a person must say; ending it takes its programs out of the kernel.",
    impact: "Networks, firewalls and watchers of containers work by such programs: end none that you do not know.",
  },
};
