import { kernelModules } from "../../facts/host/kernel-modules.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

export default defineHostCollector<typeof kernelModules.schema>({
  reads: "host",
  provides: kernelModules,
  async *collect(root) {
    const source = "/proc/modules, /sys/module";
    const folders = await root.list("/sys/module");
    if (!("names" in folders)) {
      const remedy = "assess the running host, or its root with /sys mounted";
      yield { subject: root.subject, source, unavailable: folders.reason, remedy };
      return;
    }
    const listed = await listedModules(root);
    const candidates: string[] = [];
    const tainting: { module: string; flags: string }[] = [];
    for (const name of folders.names) {
      // What is built in has parameters only; a loaded module has a state.
      if ((await root.text(`/sys/module/${name}/initstate`))?.trim() !== "live") continue;
      if (listed !== undefined && !listed.has(name)) candidates.push(name);
      const flags = (await root.text(`/sys/module/${name}/taint`))?.trim();
      if (flags) tainting.push({ module: name, flags });
    }
    // One may have been loaded between the two readings.
    const again = candidates.length === 0 ? listed : await listedModules(root);
    const hidden = candidates.filter((name) => again?.has(name) !== true);
    yield { subject: root.subject, source, value: { listed: listed?.size, hidden, tainting } };
  },
});

async function listedModules(root: HostRoot): Promise<ReadonlySet<string> | undefined> {
  const text = await root.text("/proc/modules");
  return text === undefined ? undefined : new Set(text.split("\n").flatMap((line) => line.split(" ")[0] || []));
}
