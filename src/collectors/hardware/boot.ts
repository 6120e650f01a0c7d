import type { z } from "zod";
import { defineCollector } from "../../core/collector.ts";
import { boot } from "../../facts/hardware/boot.ts";
import { efiFlag, efiVariableValue, testKeyMarks } from "../../formats/host/efi-variable.ts";
import type { HostRoot } from "../host-root.ts";

type Boot = z.input<typeof boot.schema>;

const globalVariables = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
const shimVariables = "605dab50-e046-4300-abb6-3dd810dd8b23";
const folder = "/sys/firmware/efi/efivars";

export default defineCollector<HostRoot, typeof boot.schema>({
  reads: "host",
  provides: boot,
  async *collect(root) {
    if (!(await root.exists("/sys/kernel"))) {
      yield {
        subject: root.subject,
        source: "/sys/firmware/efi",
        unavailable: "/sys shows nothing: the root is not a running system's",
        remedy: "assess the running host: / itself, or its root with /sys mounted",
      };
      return;
    }
    const firmware = (await root.exists("/sys/firmware/efi")) ? "uefi" : "other";
    const variables = firmware === "uefi" ? await readVariables(root) : {};
    yield {
      subject: root.subject,
      source: "/sys/firmware/efi, /sys/kernel/security/ima",
      value: { firmware, ...variables, ...(await readIma(root)), imaArguments: await imaArguments(root) },
    };
  },
});

async function readVariables(root: HostRoot): Promise<Partial<Boot>> {
  const listed = await root.list(folder);
  if (!("names" in listed)) return { variablesReason: listed.reason };
  if (listed.names.length === 0) return { variablesReason: `${folder} is empty: efivarfs is not mounted there` };
  const platformKey = await root.readBytes(`${folder}/PK-${globalVariables}`);
  return {
    secureBoot: await flag(root, `SecureBoot-${globalVariables}`),
    setupMode: await flag(root, `SetupMode-${globalVariables}`),
    shimValidationDisabled: (await flag(root, `MokSBStateRT-${shimVariables}`)) ?? false,
    testKeyMarks: "bytes" in platformKey ? testKeyMarks(efiVariableValue(platformKey.bytes, "PK")) : undefined,
  };
}

async function flag(root: HostRoot, variable: string): Promise<boolean | undefined> {
  const result = await root.readBytes(`${folder}/${variable}`);
  return "bytes" in result ? efiFlag(result.bytes, variable) : undefined;
}

async function imaArguments(root: HostRoot): Promise<string[]> {
  return ((await root.text("/proc/cmdline")) ?? "").split(/\s+/).filter((word) => word.startsWith("ima_"));
}

async function readIma(root: HostRoot): Promise<Partial<Boot>> {
  const folders = ["/sys/kernel/security/integrity/ima", "/sys/kernel/security/ima"];
  for (const path of folders) {
    const count = await root.read(`${path}/runtime_measurements_count`);
    if ("text" in count) {
      const violations = await root.text(`${path}/violations`);
      const policy = await root.text(`${path}/policy`);
      return {
        imaMeasurements: Number(count.text.trim()),
        imaViolations: violations === undefined ? undefined : Number(violations.trim()),
        imaAppraises: policy === undefined ? undefined : /^appraise\s/m.test(policy),
      };
    }
    if (count.missing === "denied") return { imaReason: count.reason };
  }
  const securityfs = await root.list("/sys/kernel/security");
  if ("names" in securityfs && securityfs.names.length > 0)
    return { imaReason: "the kernel has no integrity measurement architecture" };
  return { imaReason: "securityfs is not mounted on /sys/kernel/security" };
}
