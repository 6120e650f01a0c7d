import type { z } from "zod";
import { compareDeb } from "../../advisories/versions/deb.ts";
import { messageOf } from "../../core/errors.ts";
import { updates } from "../../facts/host/updates.ts";
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
import { isLz4, lz4Pieces } from "../../formats/lz4.ts";
import { defineHostCollector } from "../host-collector.ts";
import { type HostRoot, ReadBuffer } from "../host-root.ts";

type Value = z.input<typeof updates.schema>;
type Pending = NonNullable<Value["pending"]>[number];

const lists = "/var/lib/apt/lists";
/** Bytes of one package list after decompression; the largest known are near 100 MB. */
const largestIndex = 512 * 1024 ** 2;

export default defineHostCollector<typeof updates.schema>({
  reads: "host",
  provides: updates,
  async *collect(root) {
    const source = `${lists}, /etc/apt`;
    const rebootRequired =
      (await root.exists("/run/reboot-required")) || (await root.exists("/var/run/reboot-required"));
    const status = await root.text("/var/lib/dpkg/status");
    if (status === undefined) {
      yield {
        subject: root.subject,
        source,
        value: {
          manager: await otherManager(root),
          rebootRequired,
          unknownBecause: "only the lists of apt are read",
          ...(await otherAutomatic(root)),
        },
      };
      return;
    }
    const installed = installedPackages(status);
    const settings = await aptSettings(root);
    const indexes = await readIndexes(root);
    const found = await pendingUpdates(root, installed, indexes);
    yield {
      subject: root.subject,
      source,
      value: {
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
        })),
        sources: await aptSources(root),
        settings,
        ...aptAutomatic(settings, await root.exists("/usr/bin/unattended-upgrade")),
        rebootRequired,
        held: installed.filter(({ held }) => held).map(({ name }) => name),
      },
    };
  },
});

async function otherManager(root: HostRoot): Promise<string> {
  for (const [path, name] of [
    ["/usr/bin/dnf", "dnf"],
    ["/usr/bin/microdnf", "dnf"],
    ["/usr/bin/yum", "yum"],
    ["/usr/bin/zypper", "zypper"],
    ["/sbin/apk", "apk"],
    ["/usr/bin/pacman", "pacman"],
    ["/usr/bin/rpm-ostree", "rpm-ostree"],
  ] as const) {
    if (await root.exists(path)) return name;
  }
  return "none";
}

async function otherAutomatic(root: HostRoot): Promise<Pick<Value, "automatic" | "automaticBy">> {
  const wants = "/etc/systemd/system/timers.target.wants";
  for (const name of [
    "dnf-automatic.timer",
    "dnf-automatic-install.timer",
    "dnf5-automatic.timer",
    "transactional-update.timer",
    "rpm-ostreed-automatic.timer",
  ]) {
    if ((await root.lstat(`${wants}/${name}`)) !== undefined) return { automatic: true, automaticBy: name };
  }
  for (const name of ["zincati.service", "update-engine.service"]) {
    if (await root.exists(`/usr/lib/systemd/system/${name}`)) return { automatic: true, automaticBy: name };
  }
  return { automatic: false };
}

interface Index {
  readonly file: string;
  /** Beginning of the names of its lists. */
  readonly prefix: string;
  readonly release: ReleaseFile;
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
): Promise<{ pending: Pending[]; reason?: string }> {
  const listed = await root.list(lists);
  if (!("names" in listed)) return { pending: [], reason: listed.reason };
  const names = listed.names.filter((name) => /_Packages(\.(lz4|gz|xz|zst))?$/.test(name));
  if (names.length === 0)
    return { pending: [], reason: `${lists} holds no package lists: apt-get update was not run, or they were removed` };
  const byName = new Map(installed.map((entry) => [entry.name, entry]));
  const wanted = new Set(byName.keys());
  const best = new Map<string, Pending>();
  const place = new ReadBuffer();
  for (const name of names) {
    const index = indexes
      .filter(({ prefix }) => name.startsWith(prefix))
      .sort((a, b) => b.prefix.length - a.prefix.length)[0];
    const offers = await readOffers(root, `${lists}/${name}`, wanted, place);
    if ("reason" in offers) return { pending: [], reason: offers.reason };
    for (const offer of offers.found) noteOffer(offer, byName.get(offer.name)!, index, best);
  }
  place.release();
  return { pending: [...best.values()].sort((a, b) => (a.package < b.package ? -1 : 1)) };
}

function noteOffer(
  offer: { name: string; version: string; architecture: string },
  own: InstalledPackage,
  index: Index | undefined,
  best: Map<string, Pending>,
): void {
  if (![own.architecture, "all"].includes(offer.architecture) && own.architecture !== "all") return;
  if (compareDeb(offer.version, own.version) <= 0) return;
  const origin = index === undefined ? "unknown" : index.release.label || index.release.origin || "unknown";
  const security = /security/i.test(
    `${origin} ${index?.release.suite ?? ""} ${index?.release.codename ?? ""} ${index?.file ?? ""}`,
  );
  const known = best.get(own.name);
  // A fix first offered by the security archive stays one where another offers a newer version of it.
  if (known && compareDeb(known.available, offer.version) >= 0)
    best.set(own.name, { ...known, security: known.security || security });
  else
    best.set(own.name, {
      package: own.name,
      installed: own.version,
      available: offer.version,
      origin,
      security: security || known?.security === true,
      held: own.held,
    });
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
  // Hooks and lists of names are long and say nothing about updates.
  return Object.fromEntries(
    Object.entries(values).filter(([name]) =>
      /^(acquire|apt::(periodic|get|authentication)|unattended-upgrade)::/.test(name),
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
