import { defineCheck, type Evidence, failEach, unknown } from "../../core/check.ts";
import { kernel } from "../../facts/host/kernel.ts";
import { kernelConfiguration } from "../../facts/host/kernel-configuration.ts";
import { riskyModules } from "../../facts/host/risky-modules.ts";

export default defineCheck({
  title: "Rarely used kernel modules can be loaded",
  severity: "low",
  clauses: ["4.5.1-b", "4.5.1-d", "8176-4.1-pre"],
  why: "Old file systems and protocols are little tested and load by themselves when a container asks for them.",
  fix: "Write install MODULE /bin/false for each into a file of /etc/modprobe.d.",
  needs: { configuration: kernelConfiguration, kernel },
  references: [
    "CIS Distribution Independent Linux 2.0.0 1.1.1",
    "CIS Distribution Independent Linux 2.0.0 3.4",
    "CIS Red Hat Enterprise Linux 9 2.0.0 1.1.1",
    "CIS Red Hat Enterprise Linux 9 2.0.0 3.2",
    "CIS Debian Linux 12 1.1.0 1.1.1",
    "CIS Debian Linux 12 1.1.0 3.2",
  ],
  evaluate({ configuration: { options, source, loaded, loadable, prevented }, kernel: { modules } }) {
    if (source === undefined && loaded === undefined && modules === undefined)
      return unknown(
        "neither the kernel's options nor its modules can be seen",
        "mount /proc and /lib/modules of the host",
      );
    const items = riskyModules.flatMap(({ module, option, kind }): Evidence[] => {
      const base = {
        expected: "absent or prevented",
        key: module,
        fix: `printf '%s\\n' 'install ${module} /bin/false' 'blacklist ${module}' > /etc/modprobe.d/90-${module}.conf`,
      };
      if (loaded?.includes(module))
        return [{ ...base, at: "/proc/modules", found: `${module} (${kind}) is loaded`, severity: "medium" }];
      if (options[option] === "y" && kind !== "device")
        return [
          {
            ...base,
            at: source!,
            found: `${module} (${kind}) is built in`,
            severity: "low",
            fix: "use a kernel built without it",
          },
        ];
      if (loadable.includes(module) && !prevented.includes(module) && modules?.loadingDisabled !== true)
        return [{ ...base, at: "/lib/modules", found: `${module} (${kind}) can be loaded`, severity: "low" }];
      return [];
    });
    return failEach(items, {
      at: source ?? "/proc/modules",
      found: "none of the risky modules is built in, loaded or loadable",
    });
  },
  examples: {
    pass: [
      {
        configuration: { source: "/proc/config.gz", options: { OVERLAY_FS: "y" }, loaded: ["overlay"] },
        kernel: { release: "6.12" },
      },
    ],
    fail: [
      { configuration: { loaded: ["dccp"] }, kernel: { release: "6.12" } },
      { configuration: { loaded: [], loadable: ["tipc"], prevented: [] }, kernel: { release: "6.12" } },
    ],
    unknown: [{ configuration: {}, kernel: { release: "6.12" } }],
  },
});
