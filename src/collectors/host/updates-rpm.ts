import type { z } from "zod";
import { compareRpm } from "../../advisories/versions/rpm.ts";
import { compareText } from "../../core/canonical-json.ts";
import { messageOf } from "../../core/errors.ts";
import { matchesGlob } from "../../core/glob.ts";
import { limits } from "../../core/limits.ts";
import type { updates } from "../../facts/host/updates.ts";
import { decompress } from "../../formats/compression.ts";
import {
  globsIn,
  type ModuleArtifacts,
  moduleArtifacts,
  type OfferedRpm,
  offeredRpms,
  parseRepositories,
  parseRepositoryIndex,
  parseRepositorySections,
  type RepositoryFile,
  type RpmNotice,
  type RpmRepository,
  type RpmSignatureChecks,
  securityNotices,
  signatureChecks,
} from "../../formats/repodata.ts";
import type { HostRoot } from "../host-root.ts";
import type { FoundEvidence } from "../package-reader.ts";
import rpmReader from "../package-readers/rpm.ts";

type Value = z.input<typeof updates.schema>;
type Pending = NonNullable<Value["pending"]>[number];

/** Where a manager keeps what it fetched of repositories, and where these are configured. */
interface Manager {
  /** Whether signatures of packages are checked where nothing is said. */
  readonly checksPackages: boolean;
  /** Folders of folders, one for each repository. */
  readonly caches: readonly string[];
  readonly configuration: string;
  /** Folders of `.repo` files. */
  readonly repositories: readonly string[];
  /** Whether it keeps to the vendor that a package is from unless told otherwise. */
  readonly keepsVendor: boolean;
}

const dnf: Manager = {
  checksPackages: false,
  caches: ["/var/cache/libdnf5", "/var/cache/dnf", "/var/cache/yum/metadata"],
  configuration: "/etc/dnf/dnf.conf",
  repositories: ["/etc/yum.repos.d", "/etc/distro.repos.d"],
  keepsVendor: false,
};
const managers: Readonly<Record<string, Manager>> = {
  dnf,
  yum: { ...dnf, caches: ["/var/cache/yum"], configuration: "/etc/yum.conf" },
  zypper: {
    checksPackages: true,
    caches: ["/var/cache/zypp/raw"],
    configuration: "/etc/zypp/zypp.conf",
    repositories: ["/etc/zypp/repos.d"],
    keepsVendor: true,
  },
};

/** Bytes of one list after decompression; the largest known, of a whole Fedora, is near 250 MB. */
const largestList = 1024 ** 3;

/** Packages of which several versions are installed side by side; only the newest counts. */
interface Installed {
  readonly name: string;
  readonly architecture: string;
  /** `epoch:version-release`. */
  readonly version: string;
  readonly vendor: string | undefined;
  /** `name:stream` of the module that it is from. */
  readonly module: string | undefined;
}

interface Repository {
  readonly folder: string;
  readonly settings: RpmRepository;
  readonly date: string | undefined;
  readonly signed: boolean;
  readonly offers: readonly OfferedRpm[];
  readonly notices: readonly RpmNotice[];
  /** Whether it has a list of advisories. */
  readonly classified: boolean;
  readonly modules: ModuleArtifacts;
}

/** What the repositories' own lists, as dnf, yum or zypper keep them, say of a host. */
export async function rpmUpdates(root: HostRoot, manager: string): Promise<Omit<Value, "rebootRequired">> {
  const kind = managers[manager];
  if (kind === undefined) return { manager, unknownBecause: `the lists of ${manager} are not read` };
  const configured = await configuredRepositories(root, kind);
  const sources = await sourcesOf(root, kind, configured);
  const unknown = (reason: string) => ({ manager, sources, unknownBecause: reason });
  const installed = await installedRpms(root);
  if ("reason" in installed) return unknown(installed.reason);
  const wanted = new Set(installed.map(({ name }) => name));
  const found = await readRepositories(root, kind, configured, wanted);
  if ("reason" in found) return unknown(found.reason);
  const held = await heldPackages(root, manager);
  const excluded = [...held, ...(await excludedByMain(root, kind))];
  return {
    manager,
    pending: installed
      .flatMap((own) => pendingOf(own, found.repositories, excluded, kind.keepsVendor) ?? [])
      .sort((a, b) => compareText(a.package, b.package)),
    indexes: found.repositories.map(({ folder, settings, date, signed }) => ({
      file: `${folder}/repomd.xml`,
      origin: settings.id,
      suite: "",
      date,
      signed,
    })),
    sources,
    held,
  };
}

/** Where dnf 5 has settings besides its file: those of the distribution, then those of the host. */
const dropInFolders = ["/usr/share/dnf5/libdnf.conf.d", "/etc/dnf/libdnf5.conf.d"];

/** The enabled repositories with what is checked of them: their own settings count before those for all. */
async function sourcesOf(
  root: HostRoot,
  { configuration, checksPackages }: Manager,
  configured: readonly ConfiguredRepository[],
): Promise<NonNullable<Value["sources"]>> {
  const main: RpmSignatureChecks[] = [];
  const folders = configuration === "/etc/dnf/dnf.conf" ? dropInFolders : [];
  for (const folder of folders) {
    const listed = await root.list(folder);
    for (const name of "names" in listed ? listed.names : [])
      if (name.endsWith(".conf")) main.unshift(await mainChecks(root, `${folder}/${name}`));
  }
  main.unshift(await mainChecks(root, configuration));
  const said = (own: RpmSignatureChecks, what: keyof RpmSignatureChecks) =>
    [own, ...main].map((checks) => checks[what]).find((value) => value !== undefined);
  return configured
    .filter(({ enabled }) => enabled)
    .map(({ file, line, id, urls, checks }) => ({
      file,
      line,
      id,
      uris: [...urls],
      trusted: !(said(checks, "packages") ?? checksPackages),
      allowInsecure: false,
      listsChecked: said(checks, "lists") ?? checksPackages,
      certificateChecked: said(checks, "certificate") ?? true,
    }));
}

async function mainChecks(root: HostRoot, path: string): Promise<RpmSignatureChecks> {
  return signatureChecks(parseRepositorySections((await root.text(path)) ?? "").get("main") ?? new Map());
}

interface ConfiguredRepository extends RpmRepository {
  readonly file: string;
}

async function installedRpms(root: HostRoot): Promise<Installed[] | { reason: string }> {
  const found: FoundEvidence[] = [];
  for (const path of rpmReader.paths) {
    const stat = await root.stat(path);
    if (!stat?.isFile() || !rpmReader.wants(path, stat.size, stat.mode)) continue;
    const result = await root.readBytes(path, limits.analysedFile);
    if (!("bytes" in result)) return { reason: result.reason };
    try {
      found.push({ path, evidence: rpmReader.read(path, result.bytes) });
    } catch (error) {
      return { reason: messageOf(error) };
    }
  }
  const newest = new Map<string, Installed>();
  for (const { record } of rpmReader.combine!(found)) {
    const { name, version, epoch = 0, architecture = "", vendor, module } = record;
    const own = { name, architecture, version: `${epoch}:${version}`, vendor, module: streamOf(module) };
    const known = newest.get(`${name}.${architecture}`);
    if (known === undefined || compareRpm(own.version, known.version) > 0) newest.set(`${name}.${architecture}`, own);
  }
  return newest.size === 0 ? { reason: "no package of the rpm database could be read" } : [...newest.values()];
}

/** `nodejs:18:8080020230726120123:fd72936b` is of `nodejs:18`. */
function streamOf(label: string | undefined): string | undefined {
  return label === undefined ? undefined : label.split(":").slice(0, 2).join(":");
}

async function configuredRepositories(root: HostRoot, { repositories }: Manager): Promise<ConfiguredRepository[]> {
  const found: ConfiguredRepository[] = [];
  for (const folder of repositories) {
    const listed = await root.list(folder);
    for (const name of "names" in listed ? listed.names : [])
      if (name.endsWith(".repo"))
        for (const repository of parseRepositories((await root.text(`${folder}/${name}`)) ?? ""))
          found.push({ ...repository, file: `${folder}/${name}` });
  }
  return found;
}

async function readRepositories(
  root: HostRoot,
  kind: Manager,
  configured: readonly RpmRepository[],
  wanted: ReadonlySet<string>,
): Promise<{ repositories: Repository[] } | { reason: string }> {
  const enabled = configured.filter((one) => one.enabled);
  if (enabled.length === 0) return { reason: `no repository is configured and enabled in ${kind.repositories[0]}` };
  const folders = await cachedFolders(root, kind);
  const repositories: Repository[] = [];
  for (const settings of enabled) {
    const folder = folders.find(({ name }) => isOf(name, settings.id))?.folder;
    if (folder === undefined) return { reason: `${kind.caches[0]} holds no lists of the repository ${settings.id}` };
    const read = await readRepository(root, folder, settings, wanted);
    if ("reason" in read) return read;
    repositories.push(read);
  }
  return { repositories };
}

/** Folders that hold a `repomd.xml`, each with the name of its repository's folder: `baseos-0123456789abcdef`. */
async function cachedFolders(root: HostRoot, { caches }: Manager): Promise<{ name: string; folder: string }[]> {
  const found: { name: string; folder: string }[] = [];
  const look = async (folder: string, depth: number): Promise<void> => {
    const listed = await root.list(folder);
    if (!("names" in listed)) return;
    const name = folder.slice(folder.lastIndexOf("/") + 1);
    if (listed.names.includes("repomd.xml")) found.push({ name, folder });
    else if (await root.exists(`${folder}/repodata/repomd.xml`)) found.push({ name, folder: `${folder}/repodata` });
    else if (depth > 0) for (const below of listed.names) await look(`${folder}/${below}`, depth - 1);
  };
  // yum puts them below architecture and release.
  for (const cache of caches) await look(cache, cache === "/var/cache/yum" ? 3 : 1);
  return found;
}

function isOf(folder: string, id: string): boolean {
  return folder === id || (folder.startsWith(`${id}-`) && /^[0-9a-f]{16}$/.test(folder.slice(id.length + 1)));
}

async function readRepository(
  root: HostRoot,
  folder: string,
  settings: RpmRepository,
  wanted: ReadonlySet<string>,
): Promise<Repository | { reason: string }> {
  const path = `${folder}/repomd.xml`;
  const text = await root.read(path);
  if (!("text" in text)) return { reason: text.reason };
  try {
    const { files, date } = parseRepositoryIndex(text.text, path);
    const primary = await pieces(root, folder, files, "primary");
    if (primary === undefined)
      return { reason: `${folder} holds no list of packages that can be read (primary.xml, .gz, .zst or .xz)` };
    const offers = await offeredRpms(primary, wanted, `${folder}: primary`);
    const notices = await pieces(root, folder, files, "updateinfo");
    const modules = await pieces(root, folder, files, "modules");
    return {
      folder,
      settings,
      date,
      signed: await root.exists(`${path}.asc`),
      offers,
      notices: notices === undefined ? [] : await securityNotices(notices, wanted, `${folder}: updateinfo`),
      classified: notices !== undefined,
      modules: modules === undefined ? new Map() : moduleArtifacts(await textIn(modules), `${folder}: modules`),
    };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

/** The decompressed pieces of a repository's file; undefined where it was not kept. */
async function pieces(
  root: HostRoot,
  folder: string,
  files: readonly RepositoryFile[],
  type: string,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const file = files.find((one) => one.type === type);
  if (file === undefined) return undefined;
  const base = file.location.slice(file.location.lastIndexOf("/") + 1);
  for (const name of [base, base.replace(/^[0-9a-f]{32,128}-/, "")]) {
    const result = await root.readBytes(`${folder}/${name}`, limits.analysedFile);
    if ("bytes" in result) return decompress(once(result.bytes), { what: `${folder}/${name}`, maxBytes: largestList });
    if (result.missing !== "absent") throw new Error(result.reason);
  }
  return undefined;
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

async function textIn(source: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of source) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

/** Locks of dnf's versionlock and of zypper, as globs of names. */
async function heldPackages(root: HostRoot, manager: string): Promise<string[]> {
  if (manager === "zypper") {
    const locks = (await root.text("/etc/zypp/locks")) ?? "";
    return [...locks.matchAll(/^solvable_name:\s*(\S+)/gm)].map(([, name]) => name!);
  }
  const lines = (await root.text("/etc/dnf/plugins/versionlock.list")) ?? "";
  const old = (await root.text("/etc/yum/pluginconf.d/versionlock.list")) ?? "";
  const current = (await root.text("/etc/dnf/versionlock.toml")) ?? "";
  return [
    ...`${lines}\n${old}`.split("\n").flatMap((line) => {
      const entry = line.trim();
      if (entry === "" || /^[#!]/.test(entry)) return [];
      return /^(?:\d+:)?(.+?)-(?:\d+:)?[^-]+-[^-]+$/.exec(entry)?.[1] ?? entry;
    }),
    ...[...current.matchAll(/^\s*name\s*=\s*["']([^"']+)["']/gm)].map(([, name]) => name!),
  ];
}

async function excludedByMain(root: HostRoot, { configuration }: Manager): Promise<string[]> {
  const main = parseRepositorySections((await root.text(configuration)) ?? "").get("main");
  return globsIn(main?.get("excludepkgs") ?? main?.get("exclude"));
}

/** The newest that the repositories of the best priority offer, and whether an advisory of theirs asks for an update. */
function pendingOf(
  own: Installed,
  repositories: readonly Repository[],
  held: readonly string[],
  keepsVendor: boolean,
): Pending | undefined {
  const offering = repositories.flatMap((repository) => {
    const offers = repository.offers.filter((offer) => isCandidate(offer, own, repositories, keepsVendor));
    return offers.length === 0 || isExcluded(own.name, repository.settings.excludes) ? [] : [{ repository, offers }];
  });
  const best = Math.min(...offering.map(({ repository }) => repository.settings.priority));
  const usable = offering.filter(({ repository }) => repository.settings.priority === best);
  let newest: { offer: OfferedRpm; repository: Repository } | undefined;
  for (const { repository, offers } of usable)
    for (const offer of offers)
      if (newest === undefined || compareRpm(offer.version, newest.offer.version) > 0) newest = { offer, repository };
  if (newest === undefined || compareRpm(newest.offer.version, own.version) <= 0) return undefined;
  const { offer, repository } = newest;
  const notices = repositories.flatMap(({ notices }) =>
    notices.filter(
      (notice) =>
        notice.name === own.name &&
        [own.architecture, offer.architecture].includes(notice.architecture) &&
        compareRpm(notice.version, own.version) > 0 &&
        compareRpm(notice.version, offer.version) <= 0,
    ),
  );
  return {
    package: own.name,
    installed: shown(own.version),
    available: shown(offer.version),
    origin: repository.settings.id,
    security: notices.length > 0,
    held: isExcluded(own.name, held),
    classified: notices.length > 0 || repository.classified,
    advisories: [...new Set(notices.map(({ id }) => id))].sort(compareText),
  };
}

function isCandidate(
  offer: OfferedRpm,
  own: Installed,
  repositories: readonly Repository[],
  keepsVendor: boolean,
): boolean {
  if (offer.name !== own.name) return false;
  if (![own.architecture, "noarch"].includes(offer.architecture) && own.architecture !== "noarch") return false;
  if (keepsVendor && offer.vendor !== undefined && own.vendor !== undefined && offer.vendor !== own.vendor)
    return false;
  const artifact = `${offer.name}-${offer.version}.${offer.architecture}`;
  const stream = repositories.map(({ modules }) => modules.get(artifact)).find((found) => found !== undefined);
  // Of a module, only the stream that is installed is offered; its packages also hide those outside modules.
  return stream === own.module && (stream !== undefined || !/\.module[_+]/.test(offer.version));
}

function isExcluded(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matchesGlob(glob, name));
}

/** Without an epoch of 0, as people and rpm write it. */
function shown(version: string): string {
  return version.replace(/^0:/, "");
}
