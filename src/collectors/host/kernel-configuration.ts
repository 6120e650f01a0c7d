import { gunzipSync } from "node:zlib";
import { limits } from "../../core/limits.ts";
import { kernelConfiguration } from "../../facts/host/kernel-configuration.ts";
import { riskyModules } from "../../facts/host/risky-modules.ts";
import { parseKernelConfig } from "../../formats/host/kernel-config.ts";
import { moduleName, parseModprobe } from "../../formats/host/modprobe.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

export default defineHostCollector<typeof kernelConfiguration.schema>({
  reads: "host",
  provides: kernelConfiguration,
  async *collect(root) {
    const release = (await root.text("/proc/sys/kernel/osrelease"))?.trim();
    const configuration = await readConfiguration(root, release);
    const loaded = await root.text("/proc/modules");
    const loadable = release === undefined ? [] : await loadableModules(root, release);
    const rules = parseModprobe(await modprobeText(root));
    yield {
      subject: root.subject,
      source: configuration?.source ?? "/proc/modules, /lib/modules",
      value: {
        source: configuration?.source,
        options: configuration === undefined ? {} : parseKernelConfig(configuration.text),
        loaded: loaded
          ?.split("\n")
          .flatMap((line) => line.split(" ")[0] || [])
          .sort(),
        loadable,
        prevented: loadable.filter((name) => rules.disabled.has(name)),
        installedReleases: await installedReleases(root),
      },
    };
  },
});

async function readConfiguration(
  root: HostRoot,
  release: string | undefined,
): Promise<{ source: string; text: string } | undefined> {
  const packed = await root.readBytes("/proc/config.gz");
  if ("bytes" in packed)
    return {
      source: "/proc/config.gz",
      text: gunzipSync(packed.bytes, { maxOutputLength: limits.document }).toString("latin1"),
    };
  for (const path of release === undefined
    ? []
    : [`/boot/config-${release}`, `/usr/lib/modules/${release}/config`, `/lib/modules/${release}/config`]) {
    const text = await root.text(path);
    if (text !== undefined) return { source: path, text };
  }
  return undefined;
}

async function loadableModules(root: HostRoot, release: string): Promise<string[]> {
  const text =
    (await root.text(`/lib/modules/${release}/modules.dep`)) ??
    (await root.text(`/usr/lib/modules/${release}/modules.dep`)) ??
    "";
  const names = new Set(
    text.split("\n").flatMap((line) => (line.includes(":") ? moduleName(line.slice(0, line.indexOf(":"))) : [])),
  );
  return riskyModules.map(({ module }) => module).filter((name) => names.has(name));
}

async function modprobeText(root: HostRoot): Promise<string> {
  const texts: string[] = [];
  for (const folder of ["/usr/lib/modprobe.d", "/lib/modprobe.d", "/run/modprobe.d", "/etc/modprobe.d"]) {
    const listed = await root.list(folder);
    for (const name of "names" in listed ? listed.names : [])
      if (name.endsWith(".conf")) texts.push((await root.text(`${folder}/${name}`)) ?? "");
  }
  return texts.join("\n");
}

async function installedReleases(root: HostRoot): Promise<string[]> {
  const found = new Set<string>();
  for (const folder of ["/lib/modules", "/usr/lib/modules"]) {
    const listed = await root.list(folder);
    for (const name of "names" in listed ? listed.names : [])
      if (/^\d+\.\d+/.test(name) && (await root.exists(`${folder}/${name}/modules.order`))) found.add(name);
  }
  const boot = await root.list("/boot");
  for (const name of "names" in boot ? boot.names : []) {
    const release = /^(?:vmlinuz|vmlinux|kernel|Image)-(\d+\.\d+.*)$/.exec(name)?.[1];
    if (release !== undefined) found.add(release);
  }
  return [...found].sort();
}
