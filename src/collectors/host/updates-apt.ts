import type { z } from "zod";
import { compareDeb } from "../../advisories/versions/deb.ts";
import { compareText } from "../../core/canonical-json.ts";
import { messageOf } from "../../core/errors.ts";
import type { updates } from "../../facts/host/updates.ts";
import { decompress } from "../../formats/compression.ts";
import {
  type InstalledPackage,
  installedPackages,
  type OfferedPackage,
  offeredInPieces,
  parseAptConfiguration,
  parseRelease,
  parseSourcesList,
  parseSourcesParagraphs,
  type ReleaseFile,
} from "../../formats/host/apt.ts";
import {
  type AptArchive,
  type AptPin,
  AptPolicy,
  type OfferedVersion,
  parseAptPreferences,
} from "../../formats/host/apt-preferences.ts";
import { isLz4, lz4Pieces } from "../../formats/lz4.ts";
import { type HostRoot, ReadBuffer } from "../host-root.ts";

type Value = z.input<typeof updates.schema>;
type Pending = NonNullable<Value["pending"]>[number];

const lists = "/var/lib/apt/lists";
/** Bytes of one package list after decompression; the largest known are near 100 MB. */
const largestIndex = 512 * 1024 ** 2;

/** Where the answer for apt is read. */
export const aptPlaces = `${lists}, /etc/apt`;

/** What apt's lists, pins and settings say of a host whose dpkg status file is given. */
export async function aptUpdates(root: HostRoot, status: string): Promise<Omit<Value, "rebootRequired">> {
  const installed = installedPackages(status);
  const settings = await aptSettings(root);
  const indexes = await readIndexes(root);
  const policy = new AptPolicy(await aptPins(root), compareDeb, settings["apt::default-release"]);
  const found = await pendingUpdates(root, installed, indexes, policy);
  return {
    manager: "apt",
    pending: found.pending,
    unknownBecause: found.reason,
    indexes: indexes.map(({ file, release }) => ({
      file,
      origin: release.label || release.origin,
      suite: release.suite || release.codename,
      date: release.date,
      validUntil: release.validUntil,
      signed: release.signed,
      security: isSecurity(release, file),
    })),
    sources: await aptSources(root),
    settings: told(settings),
    ...aptAutomatic(settings, await root.exists("/usr/bin/unattended-upgrade")),
    held: installed.filter(({ held }) => held).map(({ name }) => name),
  };
}

interface Index {
  readonly file: string;
  /** Beginning of the names of its lists. */
  readonly prefix: string;
  readonly release: ReleaseFile;
}

/** An archive with what its updates are said to come from. */
interface KnownArchive extends AptArchive {
  readonly from: string;
  readonly security: boolean;
}

async function readIndexes(root: HostRoot): Promise<Index[]> {
  const listed = await root.list(lists);
  const found: Index[] = [];
  for (const name of "names" in listed ? listed.names : []) {
    const prefix = /^(.*_)(InRelease|Release)$/.exec(name)?.[1];
    if (prefix === undefined || found.some((index) => index.prefix === prefix)) continue;
    const release = parseRelease((await root.text(`${lists}/${name}`)) ?? "");
    const detached = await root.exists(`${lists}/${prefix}Release.gpg`);
    found.push({ file: `${lists}/${name}`, prefix, release: detached ? { ...release, signed: true } : release });
  }
  return found;
}

async function pendingUpdates(
  root: HostRoot,
  installed: readonly InstalledPackage[],
  indexes: readonly Index[],
  policy: AptPolicy,
): Promise<{ pending: Pending[]; reason?: string }> {
  const listed = await root.list(lists);
  if (!("names" in listed)) return { pending: [], reason: listed.reason };
  const names = listed.names.filter((name) => /_Packages(\.(lz4|gz|xz|zst))?$/.test(name));
  if (names.length === 0)
    return { pending: [], reason: `${lists} holds no package lists: apt-get update was not run, or they were removed` };
  const wanted = new Set(installed.map(({ name }) => name));
  const offers = new Map<string, Offer[]>();
  const place = new ReadBuffer();
  for (const name of names) {
    const archive = archiveOf(name, indexes);
    const read = await readOffers(root, `${lists}/${name}`, wanted, place);
    if ("reason" in read) return { pending: [], reason: read.reason };
    for (const { name: offered, ...offer } of read.found)
      offers.set(offered, [...(offers.get(offered) ?? []), { ...offer, archive }]);
  }
  place.release();
  return {
    pending: installed
      .flatMap((own) => pendingOf(own, offers.get(own.name) ?? [], policy))
      .sort((a, b) => compareText(a.package, b.package)),
  };
}

interface Offer extends OfferedVersion<KnownArchive> {
  readonly architecture: string;
  readonly source?: string | undefined;
}

/** The update that apt would take; or the security update that it would not, because preferences lead it elsewhere. */
function pendingOf(own: InstalledPackage, all: readonly Offer[], policy: AptPolicy): Pending[] {
  const offers = all.filter(
    ({ architecture }) => [own.architecture, "all"].includes(architecture) || own.architecture === "all",
  );
  const newer = offers.filter(({ version }) => compareDeb(version, own.version) > 0);
  if (newer.length === 0) return [];
  const source = newer[0]!.source ?? own.name;
  const candidate = policy.candidate(own.name, own.architecture, own.version, offers, source);
  const common = { package: own.name, installed: own.version, held: own.held };
  const chosen = candidate !== undefined && compareDeb(candidate, own.version) > 0 ? candidate : undefined;
  // A fix first offered by the security archive stays one where another offers a newer version of it.
  const reached = newer.filter(({ version }) => chosen !== undefined && compareDeb(version, chosen) <= 0);
  const pinnedAway = newer.filter((offer) => offer.archive.security && !reached.includes(offer));
  const taken = reached.find(({ version }) => version === chosen);
  const updates: Pending[] = [];
  if (taken !== undefined)
    updates.push({
      ...common,
      available: taken.version,
      origin: (reached.find(({ version, archive }) => version === chosen && archive.security) ?? taken).archive.from,
      security: reached.some(({ archive }) => archive.security),
    });
  if (pinnedAway.length > 0 && updates.every(({ security }) => !security)) {
    const best = pinnedAway.reduce((a, b) => (compareDeb(a.version, b.version) >= 0 ? a : b));
    updates.push({ ...common, available: best.version, origin: best.archive.from, security: true, pinned: true });
  }
  return updates;
}

/** The archive of a list by its file's name: `deb.debian.org_debian_dists_trixie_main_binary-amd64_Packages.lz4`. */
function archiveOf(name: string, indexes: readonly Index[]): KnownArchive {
  const index = indexes
    .filter(({ prefix }) => name.startsWith(prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
  const release = index?.release;
  const [, component, architecture] =
    /^(.*?)_?binary-([^_]+)_Packages/.exec(name.slice(index?.prefix.length ?? 0)) ?? [];
  return {
    origin: release?.origin ?? "",
    label: release?.label ?? "",
    suite: release?.suite ?? "",
    codename: release?.codename ?? "",
    version: release?.version ?? "",
    component: component ?? "",
    architecture: architecture ?? "",
    site: decodeURIComponentSafely(name.slice(0, name.indexOf("_"))),
    notAutomatic: release?.notAutomatic ?? false,
    butAutomaticUpgrades: release?.butAutomaticUpgrades ?? false,
    from: release?.label || release?.origin || "unknown",
    security: release === undefined ? /security/i.test(name) : isSecurity(release, index?.file ?? ""),
  };
}

function decodeURIComponentSafely(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function isSecurity({ label, origin, suite, codename }: ReleaseFile, file: string): boolean {
  return /security/i.test(`${label || origin} ${suite} ${codename} ${file}`);
}

async function readOffers(
  root: HostRoot,
  path: string,
  wanted: ReadonlySet<string>,
  place: ReadBuffer,
): Promise<{ found: OfferedPackage[] } | { reason: string }> {
  const result = await root.readBytes(path, largestIndex, place);
  if (!("bytes" in result)) return { reason: result.reason };
  try {
    const pieces = isLz4(result.bytes)
      ? lz4Pieces(result.bytes, path, largestIndex)
      : decompress(once(result.bytes), { what: path, maxBytes: largestIndex });
    return { found: await offeredInPieces(pieces, wanted) };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** The pins in the order in which apt reads them: the single file, then the folder's by name; names with another ending than `.pref` are none of apt's. */
async function aptPins(root: HostRoot): Promise<AptPin[]> {
  const folder = "/etc/apt/preferences.d";
  const listed = await root.list(folder);
  const names = "names" in listed ? listed.names.filter((name) => /^[A-Za-z0-9_-]+(\.pref)?$/.test(name)) : [];
  const pins: AptPin[] = [];
  for (const path of ["/etc/apt/preferences", ...names.map((name) => `${folder}/${name}`)])
    pins.push(...parseAptPreferences((await root.text(path)) ?? "", path));
  return pins;
}

async function aptSources(root: HostRoot): Promise<NonNullable<Value["sources"]>> {
  const listed = await root.list("/etc/apt/sources.list.d");
  const paths = [
    "/etc/apt/sources.list",
    ...("names" in listed ? listed.names.map((name) => `/etc/apt/sources.list.d/${name}`) : []),
  ];
  const found = [];
  for (const file of paths) {
    const text = await root.text(file);
    if (text === undefined || !/\.(list|sources)$/.test(file)) continue;
    const sources = file.endsWith(".sources") ? parseSourcesParagraphs(text) : parseSourcesList(text);
    for (const { uris, trusted, allowInsecure, signedBy, line } of sources)
      found.push({ file, line, uris: [...uris], trusted, allowInsecure, signedBy });
  }
  return found;
}

async function aptSettings(root: HostRoot): Promise<Record<string, string>> {
  const listed = await root.list("/etc/apt/apt.conf.d");
  const paths = [
    ...("names" in listed ? listed.names.map((name) => `/etc/apt/apt.conf.d/${name}`) : []),
    "/etc/apt/apt.conf",
  ];
  const values: Record<string, string> = {};
  for (const path of paths) Object.assign(values, parseAptConfiguration((await root.text(path)) ?? "", path));
  return values;
}

/** Hooks and lists of names are long and say nothing about updates. */
function told(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) =>
      /^(acquire|apt::(periodic|get|authentication|default-release)|unattended-upgrade)(::|$)/.test(name),
    ),
  );
}

function aptAutomatic(
  settings: Readonly<Record<string, string>>,
  present: boolean,
): Pick<Value, "automatic" | "automaticBy"> {
  const every = settings["apt::periodic::unattended-upgrade"] ?? "0";
  const enabled = settings["apt::periodic::enable"] !== "0" && present && every !== "0";
  return enabled ? { automatic: true, automaticBy: `unattended-upgrades every ${every} days` } : { automatic: false };
}
