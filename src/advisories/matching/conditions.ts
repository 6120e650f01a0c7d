import type { AdvisoryRecord } from "../record.ts";
import type { AdvisoryStore } from "../store.ts";
import type { Lookup } from "./decision.ts";
import type { InstalledDistribution, InstalledPackage } from "./inventory.ts";

/** What conditions are judged by besides the package. */
export interface ConditionContext {
  readonly distribution: InstalledDistribution | undefined;
  readonly store: Pick<AdvisoryStore, "repositoryCpes" | "recordsById">;
}

/** Why a record is not about this build of the package, or undefined where it is. The bounds of its ranges tell flavours and streams too. */
export function notForReason(
  record: AdvisoryRecord,
  installed: InstalledPackage,
  lookup: Lookup,
  context: ConditionContext,
): string | undefined {
  return (
    architectureReason(record, installed) ??
    (installed.type === "rpm" ? rpmReason(record, installed, lookup, context) : undefined) ??
    (installed.type === "deb" ? pocketReason(record, lookup) : undefined)
  );
}

function architectureReason({ conditions }: AdvisoryRecord, { architecture }: InstalledPackage): string | undefined {
  const named = conditions?.architectures;
  if (
    !named?.length ||
    architecture === undefined ||
    architecture === "noarch" ||
    named.includes(architecture) ||
    named.includes("noarch")
  )
    return undefined;
  return `is about ${named.join(", ")}, not ${architecture}`;
}

function rpmReason(
  record: AdvisoryRecord,
  installed: InstalledPackage,
  lookup: Lookup,
  context: ConditionContext,
): string | undefined {
  return (
    flavourReason(record, installed) ??
    moduleReason(record, installed, context) ??
    streamReason(record, installed, lookup, context) ??
    branchReason(record, installed, lookup)
  );
}

/** Ubuntu's other pockets are builds of their own (FIPS, real time). ESM continues the plain builds: its fix is a fix, but that it is clean says nothing of the plain build. */
function pocketReason({ conditions, notAffected }: AdvisoryRecord, { version }: Lookup): string | undefined {
  const flavour = conditions?.flavour;
  if (flavour === undefined) return undefined;
  if (!flavour.startsWith("esm"))
    return version.includes(flavour.split("-")[0]!) ? undefined : `is about the ${flavour} build`;
  return notAffected && !isEsm(version) ? "is about the ESM build" : undefined;
}

/** Whether a version of Ubuntu was built for Expanded Security Maintenance: `1.2.11-0ubuntu2+esm1`. */
export function isEsm(version: string): boolean {
  return /[+~]esm\d|~14\.04\.\d+\+esm/.test(version);
}

/** Builds that are versioned apart from the plain ones of the same name. */
const flavours: readonly (readonly [string, RegExp])[] = [
  ["ksplice", /\.ksplice\d/],
  ["fips", /_fips(\.|$)/],
  ["cloud", /\.cloud(\.|$)/],
];

/** The build flavour that a version says it is: `ksplice`, `fips`, `cloud`; undefined for the plain build. */
export function flavourOf(version: string): string | undefined {
  return flavours.find(([, pattern]) => pattern.test(version))?.[0];
}

function flavourReason(record: AdvisoryRecord, { version }: InstalledPackage): string | undefined {
  const bound = fixedBound(record);
  const theirs = record.conditions?.flavour ?? (bound === undefined ? undefined : flavourOf(bound));
  const ours = flavourOf(version);
  if (bound === undefined || theirs === ours) return undefined;
  return `is about the ${theirs ?? "plain"} build, not the ${ours ?? "plain"} one`;
}

const modular = /\.module[+_]/;

/** A modular package and a plain one of the same name are different builds, and so are two streams of a module. */
function moduleReason(
  record: AdvisoryRecord,
  { version, module }: InstalledPackage,
  { store }: ConditionContext,
): string | undefined {
  const bound = fixedBound(record);
  const stated = record.conditions?.module;
  // Red Hat speaks of plain packages and module streams in records of their own, those without a fix too; other feeds that name no build mean every one.
  if (bound === undefined && stated === undefined && record.ecosystem !== "rhel") return undefined;
  const isModular = module !== undefined || modular.test(version);
  const recordIsModular = stated !== undefined || (bound !== undefined && modular.test(bound));
  if (isModular !== recordIsModular)
    return recordIsModular
      ? `is about the module ${stated ?? "build"}, not the plain package`
      : "is about the plain package, not the module build";
  if (!isModular) return undefined;
  const [name, stream] = module?.split(":") ?? [];
  if (name === undefined || stream === undefined) return otherBranch(bound, version);
  if (stated !== undefined)
    return stated === `${name}:${stream}` ? undefined : `is about module ${stated}, not ${name}:${stream}`;
  return otherStream(record, name, stream, store);
}

/**
 * Where a feed does not name the stream, the version of the module's main package does: stream `nodejs:12` holds nodejs 12.x, and a stream that has
 * no number (`container-tools:rhel8`) is not told apart.
 */
function otherStream(
  record: AdvisoryRecord,
  name: string,
  stream: string,
  store: ConditionContext["store"],
): string | undefined {
  if (!/^\d+(\.\d+)*$/.test(stream)) return undefined;
  const sibling = store
    .recordsById(record.id)
    .find(
      (other) =>
        other.package === name && other.ecosystem === record.ecosystem && modular.test(fixedBound(other) ?? ""),
    );
  const bound = sibling === undefined ? undefined : fixedBound(sibling);
  if (bound === undefined) return undefined;
  return `${upstreamOf(bound)}.`.startsWith(`${stream}.`)
    ? undefined
    : `is about the stream of ${name} ${upstreamOf(bound)}, not ${name}:${stream}`;
}

/** Without a modularity label the first number of the version has to do. */
function otherBranch(bound: string | undefined, version: string): string | undefined {
  if (bound === undefined) return undefined;
  const [theirs, ours] = [upstreamOf(bound), upstreamOf(version)];
  return firstNumber(theirs) === firstNumber(ours)
    ? undefined
    : `is about the stream of ${theirs}, not that of ${ours}`;
}

function upstreamOf(version: string): string {
  return version.replace(/^\d+:/, "").split("-")[0] ?? "";
}

function firstNumber(version: string): string {
  return /^\d+/.exec(version)?.[0] ?? version;
}

/** Red Hat fixes each product stream (CPE) by itself; which streams an installation follows is told by its repositories, else it is the main one of its release. */
function streamReason(
  record: AdvisoryRecord,
  { properties }: InstalledPackage,
  { ecosystem }: Lookup,
  { distribution, store }: ConditionContext,
): string | undefined {
  const named = record.conditions?.cpes;
  if (!named?.length || ecosystem !== "rhel") return undefined;
  const repositories = (properties["repositories"] ?? "").split(" ").filter((name) => name !== "");
  const enabled = repositories.flatMap((repository) => store.repositoryCpes(repository)).map(productOf);
  const release = distribution?.versionId?.split(".")[0];
  const isOn = (cpe: string) => (enabled.length > 0 ? enabled.includes(cpe) : isMainStream(cpe, release));
  return named.map(productOf).some(isOn)
    ? undefined
    : `is about ${named.map(productOf).join(", ")}, which is not enabled`;
}

/** `cpe:/a:redhat:enterprise_linux:8::appstream` without the part (operating system or application), which feeds do not agree on. */
function productOf(cpe: string): string {
  return cpe.replace(/^cpe:\/[aoh]:/, "");
}

function isMainStream(product: string, release: string | undefined): boolean {
  const match = /^redhat:enterprise_linux:(\d+)(?:\.\d+)?(?::|$)/.exec(product);
  return match !== null && match[1] === release;
}

/** Amazon's kernels and extras keep the name of the core package, Oracle's UEK that of its other releases; the upstream branch tells them apart. */
function branchReason(
  record: AdvisoryRecord,
  { version, name }: InstalledPackage,
  { ecosystem }: Lookup,
): string | undefined {
  const bound = fixedBound(record);
  if (!/^(amazon|oracle):/.test(ecosystem) || bound === undefined) return undefined;
  const repository = record.conditions?.repository;
  const isExtra = repository !== undefined && !/^(amzn2?-)?core$|^updates$|^amazonlinux$/.test(repository);
  if (!(isExtra && ecosystem.startsWith("amazon:")) && !/^kernel($|-)/.test(name)) return undefined;
  const branch = (text: string) => /^\d+\.\d+/.exec(upstreamOf(text))?.[0];
  return branch(bound) === branch(version)
    ? undefined
    : `is about the branch of ${upstreamOf(bound)}${repository === undefined ? "" : ` (${repository})`}`;
}

function fixedBound({ ranges }: AdvisoryRecord): string | undefined {
  return ranges.find(({ fixed }) => fixed !== undefined)?.fixed;
}
