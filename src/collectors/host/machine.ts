import { machine } from "../../facts/host/machine.ts";
import { cloudOf, hypervisorOf, parseCpuInfo } from "../../formats/host/machine.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

const firmwareTexts = [
  "sys_vendor",
  "product_name",
  "product_version",
  "board_vendor",
  "bios_vendor",
  "bios_version",
  "chassis_asset_tag",
];

export default defineHostCollector<typeof machine.schema>({
  reads: "host",
  provides: machine,
  async *collect(root) {
    const source = "/proc/cpuinfo, /sys/class/dmi/id, /sys/hypervisor";
    const text = await root.text("/proc/cpuinfo");
    const dmi = await firmware(root);
    const xen = (await root.text("/sys/hypervisor/type"))?.trim();
    if (text === undefined && xen === undefined && Object.keys(dmi).length === 0) {
      const remedy = "assess the running host, or name its roles: --host-role bare-metal";
      yield {
        subject: root.subject,
        source,
        unavailable: "neither /proc/cpuinfo nor the firmware's tables can be read",
        remedy,
      };
      return;
    }
    const flags = parseCpuInfo(text ?? "").flags;
    const hypervisor = hypervisorOf(dmi, xen, (await root.text("/proc/cmdline")) ?? "");
    const cloud = cloudOf(dmi);
    const virtual = isVirtual(flags, hypervisor, dmi);
    const shownBy = [
      ...(flags.has("hypervisor") ? ["/proc/cpuinfo: hypervisor flag"] : []),
      ...(virtual === false && isX86(flags) ? ["/proc/cpuinfo: no hypervisor flag"] : []),
      ...(xen === undefined ? [] : [`/sys/hypervisor/type: ${xen}`]),
      ...Object.entries(dmi).map(([name, value]) => `/sys/class/dmi/id/${name}: ${value}`),
    ];
    yield { subject: root.subject, source, value: { virtual, hypervisor, cloud, shownBy } };
  },
});

/** Only x86 has a flag for it; elsewhere the firmware's tables must tell, and a cloud names its bare metal in the product. */
function isVirtual(
  flags: ReadonlySet<string>,
  hypervisor: string | undefined,
  dmi: Readonly<Record<string, string>>,
): boolean | undefined {
  if (flags.has("hypervisor")) return true;
  if (isX86(flags)) return hypervisor === "xen";
  if (/\.metal\b|bare ?metal/i.test(dmi["product_name"] ?? "")) return false;
  if (hypervisor !== undefined) return true;
  return Object.keys(dmi).length > 0 ? false : undefined;
}

function isX86(flags: ReadonlySet<string>): boolean {
  return flags.has("fpu");
}

async function firmware(root: HostRoot): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of firmwareTexts) {
    const text = (await root.text(`/sys/class/dmi/id/${name}`))?.trim();
    if (text) found[name] = text;
  }
  return found;
}
