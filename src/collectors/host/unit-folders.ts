import { parseUnitFile, type UnitSetting } from "../../formats/host/unit-file.ts";
import { dropInNames, parseUnitName, templateOf } from "../../formats/host/unit-name.ts";
import type { HostRoot } from "../host-root.ts";

/** Where systemd looks for system units, the first wins (systemd.unit(5)). Generated and transient units are left out: they follow from others. */
export const unitFolders = [
  "/etc/systemd/system.control",
  "/run/systemd/system.control",
  "/etc/systemd/system",
  "/etc/systemd/system.attached",
  "/run/systemd/system",
  "/run/systemd/system.attached",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
] as const;

/** What the unit folders of a host hold. */
export interface UnitIndex {
  /** The path that counts for each unit's name. */
  readonly files: ReadonlyMap<string, string>;
  /** Names in the folders `NAME.d`, `NAME.wants` and `NAME.requires`, by path. */
  readonly folders: ReadonlyMap<string, readonly string[]>;
  /** Units that are nothing but another name of a unit, by that unit. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

const indexes = new WeakMap<HostRoot, Promise<UnitIndex>>();
const unitType = /\.(service|socket|timer|path|target|mount|automount|swap|slice|scope|device)$/;

/** Lists the unit folders of a host, once for each. */
export function unitIndex(root: HostRoot): Promise<UnitIndex> {
  const known = indexes.get(root) ?? indexOf(root);
  indexes.set(root, known);
  return known;
}

async function indexOf(root: HostRoot): Promise<UnitIndex> {
  const files = new Map<string, string>();
  const folders = new Map<string, readonly string[]>();
  for (const folder of unitFolders) {
    for (const name of await namesIn(root, folder)) {
      const path = `${folder}/${name}`;
      if (unitType.test(name) && !files.has(name)) files.set(name, path);
      if (/\.(d|wants|requires|upholds)$/.test(name)) folders.set(path, await namesIn(root, path));
    }
  }
  return { files, folders, aliases: await aliasesOf(root, files) };
}

async function namesIn(root: HostRoot, folder: string): Promise<readonly string[]> {
  const listed = await root.list(folder);
  return "names" in listed ? listed.names : [];
}

async function aliasesOf(root: HostRoot, files: ReadonlyMap<string, string>): Promise<Map<string, string[]>> {
  const aliases = new Map<string, string[]>();
  for (const [name, path] of files) {
    const target = (await root.linkTarget(path))?.split("/").at(-1);
    if (target === undefined || target === name || !unitType.test(target)) continue;
    aliases.set(target, [...(aliases.get(target) ?? []), name]);
  }
  return aliases;
}

/** Whether a unit is masked: its file is empty or a link to /dev/null (systemd.unit(5)). */
export async function isMasked(root: HostRoot, file: string): Promise<boolean> {
  if ((await root.linkTarget(file)) === "/dev/null") return true;
  const stat = await root.stat(file);
  return stat?.isFile() === true && stat.size === 0;
}

/** The settings of a unit and its drop-ins in the order in which systemd reads them; undefined where there is no such unit. A masked unit has none. */
export function readUnit(root: HostRoot, unit: string): Promise<readonly UnitSetting[] | undefined> {
  const known = read.get(root) ?? new Map<string, Promise<readonly UnitSetting[] | undefined>>();
  read.set(root, known);
  const settings = known.get(unit) ?? readAnew(root, unit);
  known.set(unit, settings);
  return settings;
}

/** Several collectors ask for the same units. */
const read = new WeakMap<HostRoot, Map<string, Promise<readonly UnitSetting[] | undefined>>>();

async function readAnew(root: HostRoot, unit: string): Promise<UnitSetting[] | undefined> {
  const index = await unitIndex(root);
  const file = index.files.get(unit) ?? index.files.get(templateOf(unit) ?? "");
  if (file === undefined) return undefined;
  if (await isMasked(root, file)) return [];
  const text = await root.text(file);
  if (text === undefined) return undefined;
  const settings = parseUnitFile(text);
  for (const path of dropInsOf(index, namesOf(index, unit)))
    settings.push(...parseUnitFile((await root.text(path)) ?? ""));
  return settings;
}

/** All names of a unit, its own first: a link in a unit folder is one, the file that it leads to another. */
function namesOf(index: UnitIndex, unit: string): string[] {
  const own = [...index.aliases].find(([, aliases]) => aliases.includes(unit))?.[0] ?? unit;
  return [...new Set([unit, own, ...(index.aliases.get(own) ?? [])])];
}

/**
 * The drop-ins of a unit with these names, in the order of their own names. Of two with one name that counts which is found first: by folder,
 * then by how special the unit's name is; those for all units of a type (`service.d`) come after all others.
 */
function dropInsOf(index: UnitIndex, names: readonly string[]): string[] {
  const byName = new Map<string, string>();
  const take = (folder: string, name: string): void => {
    const path = `${folder}/${name}.d`;
    for (const file of index.folders.get(path) ?? [])
      if (file.endsWith(".conf") && !byName.has(file)) byName.set(file, `${path}/${file}`);
  };
  for (const name of names) for (const folder of unitFolders) for (const one of dropInNames(name)) take(folder, one);
  const type = parseUnitName(names[0] ?? "")?.type;
  if (type !== undefined) for (const folder of unitFolders) take(folder, type);
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}
