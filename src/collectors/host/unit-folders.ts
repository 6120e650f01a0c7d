import { parseUnitFile, type UnitSetting } from "../../formats/host/unit-file.ts";
import type { HostRoot } from "../host-root.ts";

/** Where systemd looks for system units, the first wins (systemd.unit(5)). Generated and transient units are left out: they follow from others. */
export const unitFolders = [
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
] as const;

/** The settings of a unit and its drop-ins in the order in which systemd reads them; undefined where there is no such unit. A masked unit has none. */
export async function readUnit(root: HostRoot, unit: string): Promise<UnitSetting[] | undefined> {
  const text = await firstText(root, unit);
  if (text === undefined) return undefined;
  const settings = parseUnitFile(text);
  for (const path of await dropInsOf(root, unit)) settings.push(...parseUnitFile((await root.text(path)) ?? ""));
  return settings;
}

async function firstText(root: HostRoot, unit: string): Promise<string | undefined> {
  const template = unit.replace(/@[^.]*\./, "@.");
  for (const name of unit === template ? [unit] : [unit, template]) {
    for (const folder of unitFolders) {
      const text = await root.text(`${folder}/${name}`);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

/** Drop-ins are sorted by name over all folders; of two with one name the first folder's counts. */
async function dropInsOf(root: HostRoot, unit: string): Promise<string[]> {
  const byName = new Map<string, string>();
  for (const folder of unitFolders) {
    const listed = await root.list(`${folder}/${unit}.d`);
    if (!("names" in listed)) continue;
    for (const name of listed.names)
      if (name.endsWith(".conf") && !byName.has(name)) byName.set(name, `${folder}/${unit}.d/${name}`);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}
