import type { z } from "zod";
import { services } from "../../facts/host/services.ts";
import { serviceExposure } from "../../formats/host/service-exposure.ts";
import { commandWords, lastSetting, listSetting, type UnitSetting } from "../../formats/host/unit-file.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { processTable } from "./process-table.ts";
import { isMasked, readUnit, unitFolders, unitIndex } from "./unit-folders.ts";

type Unit = z.input<typeof services.schema>["units"][number];

const kinds = /\.(service|socket|timer|path)$/;
const confining =
  /^(NoNewPrivileges|Private\w+|Protect\w+|Restrict\w+|SystemCall\w+|CapabilityBoundingSet|AmbientCapabilities|MemoryDenyWriteExecute|LockPersonality|DynamicUser|UMask|DevicePolicy|DeviceAllow|IPAddress\w+|RemoveIPC|RootDirectory|RootImage|KeyringMode|Delegate|SupplementaryGroups|NotifyAccess|ProcSubset|ReadOnlyPaths|InaccessiblePaths|SocketBindDeny)$/;

export default defineHostCollector<typeof services.schema>({
  reads: "host",
  provides: services,
  async *collect(root) {
    const { files, links } = await findUnits(root);
    const running = await runningUnits(root);
    // An enabled instance of a template has no file of its own.
    const instances = [...links].filter((name) => !files.has(name) && name.includes("@") && kinds.test(name));
    const all = [...files, ...instances.map((name) => [name, ""] as const)].sort(([a], [b]) => (a < b ? -1 : 1));
    const units = await Promise.all(all.map(([name, file]) => unitOf(root, name, file, links, running)));
    const manager = files.size > 0 ? "systemd" : "other";
    yield {
      subject: root.subject,
      source: unitFolders.join(", "),
      value: { manager, defaultTarget: await defaultTarget(root), units },
    };
  },
});

/** The file that counts for each unit name, and the names that .wants and .requires folders link to. */
async function findUnits(root: HostRoot): Promise<{ files: Map<string, string>; links: Set<string> }> {
  const index = await unitIndex(root);
  const files = new Map([...index.files].filter(([name]) => kinds.test(name)));
  const links = new Set<string>();
  for (const [path, names] of index.folders) if (!path.endsWith(".d")) for (const name of names) links.add(name);
  return { files, links };
}

async function unitOf(
  root: HostRoot,
  name: string,
  file: string,
  links: ReadonlySet<string>,
  running: ReadonlySet<string> | undefined,
): Promise<Unit> {
  const masked = file !== "" && (await isMasked(root, file));
  const settings = masked ? [] : ((await readUnit(root, name)) ?? []);
  const programs = listSetting(settings, "Service", "ExecStart").flatMap((line) => commandWords(line)[0] ?? []);
  return {
    name,
    // An alias in a unit folder (display-manager.service) is started by its own name too.
    enabled: !masked && links.has(name),
    masked,
    running: running?.has(name),
    programs,
    user: lastSetting(settings, "Service", "User"),
    confinement: confinementOf(settings),
    ...(settings.length > 0 && name.endsWith(".service") ? exposureOf(settings, name) : {}),
    listens: ["ListenStream", "ListenDatagram", "ListenSequentialPacket"].flatMap((kind) =>
      listSetting(settings, "Socket", kind),
    ),
    file,
  };
}

const mostOpen = 12;

/** A template is measured as it would be for an instance without a name. */
function exposureOf(settings: readonly UnitSetting[], name: string): Pick<Unit, "exposure" | "open"> {
  const { score, rows } = serviceExposure(settings, name);
  const open = rows
    .map((row) => ({ option: row.option, left: (row.open ?? 0) * row.weight }))
    .filter(({ left }) => left > 0)
    .sort((a, b) => b.left - a.left)
    .slice(0, mostOpen)
    .map(({ option }) => option);
  return { exposure: score, open };
}

function confinementOf(settings: readonly UnitSetting[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { section, name, value } of settings) {
    if (section !== "Service" || !confining.test(name)) continue;
    const isList =
      /^(SystemCallFilter|SystemCallArchitectures|CapabilityBoundingSet|RestrictAddressFamilies|DeviceAllow|ReadOnlyPaths|InaccessiblePaths)$/.test(
        name,
      );
    found[name] = isList && value !== "" && found[name] ? `${found[name]} ${value}` : value;
  }
  return found;
}

async function runningUnits(root: HostRoot): Promise<Set<string> | undefined> {
  const table = await processTable(root);
  if (!("processes" in table)) return undefined;
  return new Set(
    table.processes.flatMap((process) => (process.unit && process.container === undefined ? [process.unit] : [])),
  );
}

async function defaultTarget(root: HostRoot): Promise<string | undefined> {
  for (const folder of unitFolders) {
    const target = await root.linkTarget(`${folder}/default.target`);
    if (target !== undefined) return target.split("/").at(-1);
  }
  return undefined;
}
