import { defineCollector } from "../../core/collector.ts";
import { cpuVulnerabilities } from "../../facts/hardware/cpu-vulnerabilities.ts";
import type { HostRoot } from "../host-root.ts";

const folder = "/sys/devices/system/cpu/vulnerabilities";

export default defineCollector<HostRoot, typeof cpuVulnerabilities.schema>({
  reads: "host",
  provides: cpuVulnerabilities,
  async *collect(root) {
    const listed = await root.list(folder);
    if (!("names" in listed)) {
      yield {
        subject: root.subject,
        source: folder,
        unavailable: listed.reason,
        remedy: "assess the running host, on Linux 4.15 or newer with /sys mounted",
      };
      return;
    }
    const flaws: Record<string, string> = {};
    for (const name of listed.names) {
      const text = await root.text(`${folder}/${name}`);
      if (text !== undefined) flaws[name] = text.trim();
    }
    const active = (await root.text("/sys/devices/system/cpu/smt/active"))?.trim();
    const threadsShareCores = active === undefined ? undefined : active === "1";
    yield { subject: root.subject, source: folder, value: { flaws, threadsShareCores } };
  },
});
