/** What /proc/cpuinfo says of the first processor. */
export interface ProcessorInfo {
  readonly model: string | undefined;
  readonly microcode: string | undefined;
  readonly flags: ReadonlySet<string>;
}

/** Reads /proc/cpuinfo: names and values are parted by a colon; the first processor stands for all. */
export function parseCpuInfo(text: string): ProcessorInfo {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const split = line.indexOf(":");
    if (split < 0) continue;
    const name = line.slice(0, split).trim();
    if (!fields.has(name)) fields.set(name, line.slice(split + 1).trim());
  }
  const flags = fields.get("flags") ?? fields.get("Features") ?? "";
  return {
    model: fields.get("model name") ?? fields.get("Processor"),
    microcode: fields.get("microcode"),
    flags: new Set(flags.split(/\s+/).filter(Boolean)),
  };
}

const hypervisorMarks: readonly (readonly [RegExp, string])[] = [
  [/vmware/i, "vmware"],
  [/virtualbox|innotek/i, "virtualbox"],
  [/microsoft corporation.*virtual machine/i, "hyper-v"],
  [/xen/i, "xen"],
  [/qemu|kvm|google compute engine|amazon ec2|openstack|rhev|digitalocean|hetzner/i, "kvm"],
  [/apple virtualization/i, "apple"],
];

/** What runs a virtual machine, as far as firmware tables, /sys/hypervisor/type and the kernel command line tell. */
export function hypervisorOf(
  dmi: Readonly<Record<string, string>>,
  xenType: string | undefined,
  commandLine: string,
): string | undefined {
  if (xenType !== undefined && xenType !== "") return xenType;
  const text = ["sys_vendor", "product_name", "bios_vendor", "board_vendor"].map((name) => dmi[name] ?? "").join(" ");
  const known = hypervisorMarks.find(([pattern]) => pattern.test(text))?.[1];
  return known ?? (/firecracker/.test(commandLine) ? "firecracker" : undefined);
}

const cloudMarks: readonly (readonly [RegExp, string])[] = [
  [/amazon/i, "amazon"],
  [/google/i, "google"],
  [/7783-7084-3265-9085-8269-3286-77/, "microsoft"],
  [/alibaba/i, "alibaba"],
  [/oraclecloud/i, "oracle"],
  [/digitalocean/i, "digitalocean"],
  [/hetzner/i, "hetzner"],
  [/openstack/i, "openstack"],
];

/** The cloud provider that the firmware tables name; Azure is known by its chassis asset tag. */
export function cloudOf(dmi: Readonly<Record<string, string>>): string | undefined {
  const text = Object.values(dmi).join(" ");
  return cloudMarks.find(([pattern]) => pattern.test(text))?.[1];
}
