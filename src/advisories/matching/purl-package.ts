import { PackageURL } from "packageurl-js";
import { AppError, messageOf } from "../../core/errors.ts";
import type { InstalledDistribution, InstalledPackage } from "./inventory.ts";

/** A package that is known by its package URL alone, with the distribution that the URL names. */
export interface PurlPackage {
  readonly installed: InstalledPackage;
  readonly distribution: InstalledDistribution | undefined;
}

/** Distributions as package URLs name them, by their os-release ID. */
const distributionIds: Readonly<Record<string, string>> = {
  redhat: "rhel",
  amazon: "amzn",
  oracle: "ol",
  oraclelinux: "ol",
  suse: "sles",
  amazonlinux: "amzn",
  rockylinux: "rocky",
};
const separators: Readonly<Record<string, string>> = { maven: ":", npm: "/", golang: "/", composer: "/" };
const distributionTypes = new Set(["deb", "apk", "rpm", "alpm"]);

/** Reads a package URL with `distro`, `upstream` and `epoch` qualifiers where they apply (purl-spec). A text that is none is a `USAGE` error. */
export function purlPackage(text: string): PurlPackage {
  const url = parsed(text);
  const qualifiers: Readonly<Record<string, string>> = url.qualifiers ?? {};
  const isDistribution = distributionTypes.has(url.type);
  const separator = separators[url.type];
  const name =
    !isDistribution && separator !== undefined && url.namespace ? `${url.namespace}${separator}${url.name}` : url.name;
  const version = url.version ?? "";
  return {
    installed: {
      name,
      version,
      type: url.type,
      purl: text,
      ...(qualifiers["arch"] === undefined ? {} : { architecture: qualifiers["arch"] }),
      ...(isDistribution ? upstreamOf(qualifiers["upstream"], version) : {}),
      ...(qualifiers["rpmmod"] === undefined ? {} : { module: qualifiers["rpmmod"] }),
      foundIn: [],
      confidence: "high",
      properties: qualifiers["repository_id"] === undefined ? {} : { repositories: qualifiers["repository_id"] },
    },
    distribution: isDistribution ? distributionOf(url.namespace ?? undefined, qualifiers["distro"]) : undefined,
  };
}

function parsed(text: string): PackageURL {
  try {
    return PackageURL.fromString(text);
  } catch (error) {
    throw new AppError("USAGE", `${text}: is no package URL: ${messageOf(error)}`, {
      hint: "for example pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl",
    });
  }
}

/** `openssl@3.0.11-1`, `openssl`, or the file name of a source rpm. */
function upstreamOf(
  upstream: string | undefined,
  version: string,
): Pick<InstalledPackage, "sourceName" | "sourceVersion"> {
  if (upstream === undefined || upstream === "") return {};
  const rpm = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(upstream);
  if (rpm) return { sourceName: rpm[1]!, sourceVersion: rpm[2]! };
  const [name, sourceVersion = version] = upstream.split("@") as [string, string?];
  return { sourceName: name, sourceVersion };
}

/** `debian-12`, `alpine-3.11.5`, `opensuse-leap-15.5`; without the qualifier the name space still names the distribution. */
function distributionOf(namespace: string | undefined, distro: string | undefined): InstalledDistribution | undefined {
  const match = /^(.*?)-?(\d[\w.]*|edge)?$/.exec(distro ?? "");
  const isCodename =
    distro !== undefined && match?.[2] === undefined && namespace !== undefined && distro !== namespace;
  const stated = isCodename ? namespace : match?.[1] || namespace;
  if (stated === undefined) return undefined;
  const id = distributionIds[stated] ?? stated;
  return {
    id,
    idLike: [],
    ...(match?.[2] === undefined ? {} : { versionId: match[2] }),
    // `distro=sid` and `distro=bookworm` are code names.
    ...(isCodename ? { versionCodename: distro.replace(`${namespace}-`, "") } : {}),
  };
}
