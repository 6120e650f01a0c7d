import { defineCollector } from "../../core/collector.ts";
import { platform } from "../../facts/hardware/platform.ts";
import { cloudOf, hypervisorOf, parseCpuInfo } from "../../formats/host/machine.ts";
import type { HostRoot } from "../host-root.ts";

const dmiNames = [
  "sys_vendor",
  "product_name",
  "product_version",
  "board_vendor",
  "board_name",
  "bios_vendor",
  "bios_version",
  "bios_date",
  "chassis_type",
  "chassis_asset_tag",
];
const isolationFlags = [
  "hypervisor",
  "smep",
  "smap",
  "umip",
  "user_shstk",
  "ibt",
  "sme",
  "sev",
  "sev_es",
  "sev_snp",
  "tdx_guest",
  "sgx",
  "svm",
  "vmx",
];

export default defineCollector<HostRoot, typeof platform.schema>({
  reads: "host",
  provides: platform,
  async *collect(root) {
    const source = "/proc/cpuinfo, /sys/class/dmi, /sys/class/iommu";
    const cpuInfo = await root.read("/proc/cpuinfo");
    if (!("text" in cpuInfo)) {
      yield {
        subject: root.subject,
        source,
        unavailable: cpuInfo.reason,
        remedy: "assess the running host: / itself, or its root with /proc and /sys mounted",
      };
      return;
    }
    const processor = parseCpuInfo(cpuInfo.text);
    const dmi = await texts(root, "/sys/class/dmi/id", dmiNames);
    const flags = isolationFlags.filter((flag) => processor.flags.has(flag));
    const xen = (await root.text("/sys/hypervisor/type"))?.trim();
    const commandLine = (await root.text("/proc/cmdline")) ?? "";
    yield {
      subject: root.subject,
      source,
      value: {
        architecture: (await root.text("/proc/sys/kernel/arch"))?.trim(),
        processor: processor.model,
        virtual: processor.flags.size === 0 ? undefined : processor.flags.has("hypervisor") || xen !== undefined,
        hypervisor: hypervisorOf(dmi, xen, commandLine),
        cloud: cloudOf(dmi),
        dmi,
        microcode: processor.microcode,
        processorFlags: flags,
        iommuUnits: await count(root, "/sys/class/iommu"),
        iommuGroups: await iommuGroups(root),
        firmwareResources: await firmwareResources(root),
        managementController: await managementController(root),
        usbAuthorised: await each(root, "/sys/bus/usb/devices", /^usb\d+$/, "authorized_default"),
        thunderbolt: await each(root, "/sys/bus/thunderbolt/devices", /^domain\d+$/, "security"),
        tpmDevices: await tpmDevices(root),
      },
    };
  },
});

async function texts(root: HostRoot, folder: string, names: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const text = (await root.text(`${folder}/${name}`))?.trim();
    if (text) found[name] = text;
  }
  return found;
}

async function count(root: HostRoot, folder: string): Promise<number | undefined> {
  const listed = await root.list(folder);
  if ("names" in listed) return listed.names.length;
  return (await root.exists("/sys/class")) && listed.missing === "absent" ? 0 : undefined;
}

async function each(root: HostRoot, folder: string, pattern: RegExp, file: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const listed = await root.list(folder);
  for (const name of "names" in listed ? listed.names.filter((entry) => pattern.test(entry)) : []) {
    const text = (await root.text(`${folder}/${name}/${file}`))?.trim();
    if (text !== undefined) found[name] = text;
  }
  return found;
}

async function iommuGroups(root: HostRoot): Promise<Record<string, number> | undefined> {
  const listed = await root.list("/sys/kernel/iommu_groups");
  if (!("names" in listed)) return undefined;
  const groups: Record<string, number> = {};
  for (const name of listed.names) {
    const type = (await root.text(`/sys/kernel/iommu_groups/${name}/type`))?.trim() ?? "unknown";
    groups[type] = (groups[type] ?? 0) + 1;
  }
  return groups;
}

async function firmwareResources(root: HostRoot) {
  const folder = "/sys/firmware/efi/esrt/entries";
  const listed = await root.list(folder);
  const resources = [];
  for (const name of "names" in listed ? listed.names : []) {
    const entry = await texts(root, `${folder}/${name}`, [
      "fw_class",
      "fw_version",
      "lowest_supported_fw_version",
      "last_attempt_status",
    ]);
    if (entry["fw_class"] === undefined) continue;
    resources.push({
      class: entry["fw_class"],
      version: Number(entry["fw_version"] ?? 0),
      lowestSupported: Number(entry["lowest_supported_fw_version"] ?? 0),
      lastAttemptStatus: Number(entry["last_attempt_status"] ?? 0),
    });
  }
  return resources;
}

async function managementController(root: HostRoot): Promise<string[]> {
  const found: string[] = [];
  for (const path of ["/dev/ipmi0", "/dev/ipmi/0", "/dev/ipmidev/0"]) if (await root.exists(path)) found.push(path);
  return found;
}

async function tpmDevices(root: HostRoot) {
  const devices = [];
  for (const path of ["/dev/tpm0", "/dev/tpmrm0"]) {
    const found = await root.stat(path);
    if (found)
      devices.push({
        path,
        mode: (found.mode & 0o7777).toString(8).padStart(4, "0"),
        owner: found.uid,
        group: found.gid,
      });
  }
  return devices;
}
