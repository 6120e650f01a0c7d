import { defineCollector } from "../../core/collector.ts";
import { tpm } from "../../facts/hardware/tpm.ts";
import type { HostRoot } from "../host-root.ts";

export default defineCollector<HostRoot, typeof tpm.schema>({
  reads: "host",
  provides: tpm,
  async *collect(root) {
    const lookedAt = ["/sys/class/tpm", "/dev/tpm0", "/dev/tpmrm0"];
    const source = lookedAt.join(", ");
    if (!(await root.exists("/sys/kernel"))) {
      yield {
        subject: root.subject,
        source,
        unavailable: "/sys shows nothing: the root is not a running system's",
        remedy: "assess the running host: / itself, or its root with /sys mounted",
      };
      return;
    }
    const listed = await root.list("/sys/class/tpm");
    const device = "names" in listed ? listed.names.find((name) => /^tpm\d+$/.test(name)) : undefined;
    const present = device !== undefined || (await root.exists("/dev/tpm0"));
    if (device === undefined) {
      yield { subject: root.subject, source, value: { present, lookedAt } };
      return;
    }
    const version = Number((await root.text(`/sys/class/tpm/${device}/tpm_version_major`))?.trim());
    const log = await root.read(`/sys/kernel/security/${device}/binary_bios_measurements`);
    yield {
      subject: root.subject,
      source,
      value: {
        present,
        version: Number.isInteger(version) && version > 0 ? version : undefined,
        banks: await readBanks(root, device),
        eventLog: "text" in log ? log.text.length > 0 : (await securityfsIsMounted(root)) ? false : undefined,
        lookedAt,
      },
    };
  },
});

async function securityfsIsMounted(root: HostRoot): Promise<boolean> {
  const listed = await root.list("/sys/kernel/security");
  return "names" in listed && listed.names.length > 0;
}

/** The kernel shows each bank as a folder `pcr-sha256` with one file for each register (since Linux 5.12). */
async function readBanks(root: HostRoot, device: string): Promise<Record<string, number>> {
  const listed = await root.list(`/sys/class/tpm/${device}`);
  const banks: Record<string, number> = {};
  for (const name of "names" in listed ? listed.names : []) {
    if (!name.startsWith("pcr-")) continue;
    let extended = 0;
    for (let register = 0; register < 24; register++) {
      const value = (await root.text(`/sys/class/tpm/${device}/${name}/${register}`))?.trim() ?? "";
      if (!/^(0*|f*)$/i.test(value)) extended++;
    }
    banks[name.slice("pcr-".length)] = extended;
  }
  return banks;
}
