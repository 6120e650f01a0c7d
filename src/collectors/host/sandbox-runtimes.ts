import type { z } from "zod";
import { sandboxRuntimes } from "../../facts/host/sandbox-runtimes.ts";
import { defineHostCollector } from "../host-collector.ts";

type Program = z.output<typeof sandboxRuntimes.schema>["programs"][number];

const folders = ["/usr/bin", "/usr/local/bin", "/usr/sbin", "/usr/local/sbin", "/opt/kata/bin", "/opt/bin"];
const names: readonly (readonly [Program["kind"], string])[] = [
  ["gvisor", "runsc"],
  ["kata", "containerd-shim-kata-v2"],
  ["kata", "kata-runtime"],
];

export default defineHostCollector<typeof sandboxRuntimes.schema>({
  reads: "host",
  provides: sandboxRuntimes,
  async *collect(root) {
    const programs: Program[] = [];
    for (const folder of folders)
      for (const [kind, name] of names)
        if (await root.exists(`${folder}/${name}`)) programs.push({ kind, path: `${folder}/${name}` });
    const devices = await root.list("/dev");
    const virtualisation =
      "names" in devices && devices.names.includes("null") ? devices.names.includes("kvm") : undefined;
    yield {
      subject: root.subject,
      source: "folders of programs, /dev/kvm",
      value: { programs, ...(virtualisation === undefined ? {} : { virtualisation }) },
    };
  },
});
