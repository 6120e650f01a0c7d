import { distributionName } from "../../advisories/matching/distribution.ts";
import { isProgramModule } from "../../advisories/matching/go.ts";
import { thirdPartyBuilder } from "../../advisories/matching/third-party.ts";
import {
  preconditionTexts,
  type RuntimeAdvisory,
  type RuntimeComponent,
  runtimeAdvisories,
  runtimeAdvisoriesDate,
} from "../../advisories/starter/runtime-advisories.ts";
import { compareInRange } from "../../advisories/versions/range.ts";
import { genericOrder, versionOrder } from "../../advisories/versions/version-order.ts";
import { compareText } from "../../core/canonical-json.ts";
import { defineDerivation } from "../../core/derivation.ts";
import { Missing, type Observation, type Snapshot } from "../../core/snapshot.ts";
import { type EngineComponents, engineComponents } from "../../facts/container/engine-components.ts";
import { type ContainerRuntime, containerRuntime } from "../../facts/container/runtime.ts";
import { type Engine, engine } from "../../facts/host/engine.ts";
import { hostOsRelease } from "../../facts/host/os-release.ts";
import { hostPackages } from "../../facts/host/packages.ts";
import { hostVulnerabilities } from "../../facts/host/vulnerabilities.ts";
import type { OsRelease } from "../../facts/os-release.ts";
import type { Package } from "../../facts/package.ts";
import type { VulnerabilityMatch, VulnerabilityReport } from "../../facts/vulnerability.ts";

type Runtime = ContainerRuntime["runtimes"][number];

/** The vulnerabilities of the runtimes on each host: by upstream version and the facts that Plimsoll brings along, or by the distribution's advisories. */
export default defineDerivation({
  provides: containerRuntime,
  after: [hostVulnerabilities],
  *derive(snapshot) {
    const subjects = new Set([
      ...snapshot.subjectsOf(hostPackages),
      ...snapshot.subjectsOf(engine),
      ...snapshot.subjectsOf(engineComponents),
    ]);
    for (const subject of [...subjects].sort(compareText)) yield observation(snapshot, subject);
  },
});

function observation(snapshot: Snapshot, subject: string): Observation {
  const inventory = snapshot.find(hostPackages, subject);
  const engines = snapshot.find(engine, subject);
  const told = snapshot.find(engineComponents, subject);
  if (!(told instanceof Missing)) return ofEngine(subject, told);
  if (inventory instanceof Missing && engines instanceof Missing) {
    return {
      fact: containerRuntime.id,
      subject,
      source: "packages and engines",
      unavailable: inventory.reason,
      remedy: inventory.remedy,
    };
  }
  const osRelease = snapshot.find(hostOsRelease, subject);
  const report = snapshot.find(hostVulnerabilities, subject);
  const context: Context = {
    engines: engines instanceof Missing ? [] : engines.engines,
    distribution: osRelease instanceof Missing ? undefined : osRelease,
    report: report instanceof Missing ? undefined : report,
  };
  const byPackage = (inventory instanceof Missing ? [] : inventory.packages).flatMap((installed) =>
    runtimesOf(installed, context),
  );
  const runtimes = [...byPackage, ...withoutPackage(context.engines, byPackage)].sort(
    (a, b) => compareText(a.component, b.component) || compareText(a.shownBy, b.shownBy),
  );
  return {
    fact: containerRuntime.id,
    subject,
    source: "packages, engines and Plimsoll's facts on runtimes",
    value: { runtimes, factsDate: runtimeAdvisoriesDate },
  };
}

/** Judges what an engine says of itself over its API, where the host's packages are not seen. */
function ofEngine(subject: string, told: EngineComponents): Observation {
  if (told.components.length === 0)
    return {
      fact: containerRuntime.id,
      subject,
      source: "the engine's answer",
      unavailable: "the engine tells no version of itself or of what it starts containers with",
      remedy: "plimsoll assess host, on the host that it runs on",
    };
  const runtimes = told.components
    .map((one) => componentRuntime(one, told))
    .sort((a, b) => compareText(a.component, b.component));
  return {
    fact: containerRuntime.id,
    subject,
    source: "the engine's answer and Plimsoll's facts on runtimes",
    value: { runtimes, factsDate: runtimeAdvisoriesDate },
  };
}

function componentRuntime(
  { component, version: told }: EngineComponents["components"][number],
  { platform, isUpstreamBuild }: EngineComponents,
): Runtime {
  const shownBy = `the engine's answer: ${component} ${told}${platform === undefined ? "" : ` (${platform})`}`;
  const version = upstreamVersion(told);
  const name = components.map(([, known]) => known).find((known) => known === component);
  const installed = genericPackage(component, told, ["GET /version"]);
  if (name === undefined || version === undefined)
    return {
      component,
      shownBy,
      build: isUpstreamBuild ? "upstream" : "distribution",
      matches: [],
      setAside: [],
      unjudged: { reason: `${told} is no version of ${component}`, remedy: `see "${component} --version"` },
    };
  const nothing = { engines: [], distribution: undefined, report: undefined };
  return isUpstreamBuild
    ? byUpstream(installed, name, version, shownBy, nothing)
    : byDistribution(installed, name, version, shownBy, nothing);
}

function genericPackage(component: string, version: string, foundIn: readonly string[]): Package {
  return {
    name: component,
    version,
    type: "generic",
    purl: `pkg:generic/${component}@${upstreamVersion(version) ?? version}`,
    licenses: [],
    foundIn: [...foundIn],
    confidence: "high",
    properties: {},
  };
}

interface Context {
  readonly engines: readonly Engine[];
  readonly distribution: OsRelease | undefined;
  readonly report: VulnerabilityReport | undefined;
}

/** Packages that hold a component: those of upstream's own repositories and those of distributions. */
const components: readonly (readonly [RegExp, RuntimeComponent])[] = [
  [/^(runc|runc-app|opencontainers-runc|github\.com\/opencontainers\/runc)$/, "runc"],
  [/^(containerd|containerd\.io|containerd-app|github\.com\/containerd\/containerd(\/v2)?)$/, "containerd"],
  [/^(crun|crun-wasm)$/, "crun"],
  [/^(kata-containers|kata-runtime|github\.com\/kata-containers\/kata-containers\/src\/runtime)$/, "kata"],
  [/^(docker-ce|docker-ee|docker-engine|docker\.io|docker\.io-app|moby-engine|docker)$/, "docker"],
  [/^(buildkit|moby-buildkit|github\.com\/moby\/buildkit)$/, "buildkit"],
  [/^(cri-o|cri-o-runc|crio|github\.com\/cri-o\/cri-o)$/, "cri-o"],
  [/^(podman|github\.com\/containers\/podman(\/v\d)?)$/, "podman"],
  [/^(buildah|github\.com\/containers\/buildah)$/, "buildah"],
  [/^(nvidia-container-toolkit(-base)?)$/, "nvidia-container-toolkit"],
  [/^(kubelet|kubernetes[\d.]*-kubelet|kubernetes-node)$/, "kubelet"],
  [/^(kube-apiserver|kubernetes[\d.]*-apiserver|kubernetes-master)$/, "kube-apiserver"],
  [/^(kube-controller-manager|kubernetes[\d.]*-controller-manager)$/, "kube-controller-manager"],
  [/^(etcd|etcd-server|go\.etcd\.io\/etcd(\/server)?\/v3)$/, "etcd"],
  [/^(ingress-nginx|k8s\.io\/ingress-nginx)$/, "ingress-nginx"],
];
/** Packages that no distribution builds, so that their version is upstream's whoever is named as their maintainer. */
const upstreamOnly =
  /^(docker-ce|docker-ee|docker-engine|containerd\.io|kubelet|cri-o|nvidia-container-toolkit(-base)?)$/;

function runtimesOf(installed: Package, context: Context): Runtime[] {
  const component = componentOf(installed);
  if (component === undefined) return [];
  const version = upstreamVersion(installed.version);
  const shownBy = `${installed.type} package ${installed.name} ${installed.version}`;
  if (version === undefined)
    return [
      {
        component,
        shownBy,
        build: "upstream",
        matches: [],
        setAside: [],
        unjudged: {
          reason: `${installed.version} is no version of ${component}`,
          remedy: "see the version that the program itself tells",
        },
      },
    ];
  return [
    isDistributionBuild(installed, context)
      ? byDistribution(installed, component, version, shownBy, context)
      : byUpstream(installed, component, version, shownBy, context),
  ];
}

function componentOf({ name, type, properties, ownedBy }: Package): RuntimeComponent | undefined {
  const found = components.find(([pattern]) => pattern.test(name))?.[1];
  if (found === undefined || ownedBy !== undefined) return undefined;
  // A Go module is the program only where it holds the program's package; as any other dependency it is a library.
  if (type === "golang") return isProgramModule(properties) ? found : undefined;
  return ["deb", "rpm", "apk", "alpm", "generic"].includes(type) ? found : undefined;
}

function isDistributionBuild(installed: Package, { distribution }: Context): boolean {
  if (installed.type === "golang" || installed.type === "generic") return false;
  if (upstreamOnly.test(installed.name)) return false;
  return distribution === undefined || thirdPartyBuilder(installed, distribution) === undefined;
}

/** `5:26.1.4-1~debian.12~bookworm` is 26.1.4, `1.1.5+ds1-1` is 1.1.5, `1.0.0~rc95-1` is 1.0.0-rc95. */
export function upstreamVersion(text: string): string | undefined {
  const match = /^(?:\d+:)?v?(\d+\.\d+(?:\.\d+)?)(?:[~_-]?(rc|beta|alpha)[.-]?(\d+))?/.exec(text);
  if (!match) return undefined;
  const [, number, stage, count] = match as unknown as [string, string, string?, string?];
  return `${number}${number.split(".").length === 2 ? ".0" : ""}${stage === undefined ? "" : `-${stage}${stage === "rc" && /^1\.0\.0$/.test(number) ? "" : "."}${count}`}`;
}

function byUpstream(
  installed: Package,
  component: RuntimeComponent,
  version: string,
  shownBy: string,
  context: Context,
): Runtime {
  const known = runtimeAdvisories.filter((advisory) => advisory.component === component);
  const affecting = known.flatMap((advisory) => {
    const range = rangeOf(advisory, version);
    return range === undefined ? [] : [{ advisory, range }];
  });
  const judged = affecting.map(({ advisory, range }) => ({ advisory, range, unmet: unmetReason(advisory, context) }));
  return {
    component,
    version,
    shownBy,
    build: "upstream",
    matches: judged
      .filter(({ unmet }) => unmet === undefined)
      .map(({ advisory, range }) => matchOf(installed, advisory, version, range)),
    setAside: judged.flatMap(({ advisory, unmet }) =>
      unmet === undefined ? [] : [{ id: advisory.id, reason: unmet }],
    ),
  };
}

type Range = RuntimeAdvisory["affected"][number];

function rangeOf({ affected }: RuntimeAdvisory, version: string): Range | undefined {
  const order = versionOrder("golang") ?? genericOrder;
  return affected.find(
    ([introduced, fixed]) =>
      (introduced === "0" || compareInRange(order, version, introduced) >= 0) &&
      (fixed === undefined || compareInRange(order, version, fixed) < 0),
  );
}

/** Why a precondition does not hold on this host; undefined where it does, or where nothing tells. */
function unmetReason(
  { precondition, component }: RuntimeAdvisory,
  { engines }: Pick<Context, "engines">,
): string | undefined {
  if (precondition === "windows-node") return `only where ${preconditionTexts[precondition]}, and this one runs Linux`;
  const found = engines.find((one) => one.engine === component && one.running && one.unread.length === 0);
  if (precondition === "authorization-plugin" && found !== undefined) {
    const isUsed =
      Object.entries(found.configuration).some(
        ([key, value]) => key.startsWith("authorization-plugins") && value !== "[]",
      ) || found.commandLine.some((word) => word.startsWith("--authorization-plugin"));
    return isUsed ? undefined : `only where ${preconditionTexts[precondition]}, and this one uses none`;
  }
  if (
    precondition === "not-docker" &&
    engines.length > 0 &&
    engines.every((one) => one.engine === "docker" || !one.running)
  ) {
    return `only where ${preconditionTexts[precondition]}`;
  }
  return undefined;
}

function matchOf(
  installed: Package,
  advisory: RuntimeAdvisory,
  version: string,
  [introduced, fixed]: Range,
): VulnerabilityMatch {
  const { id, component, severity, title, precondition, sources, disputed } = advisory;
  return {
    id,
    aliases: [],
    package: installed.name,
    version: installed.version,
    purl: installed.purl,
    type: installed.type,
    foundIn: installed.foundIn,
    severity: severity ?? "medium",
    severitySource: severity === undefined ? "none" : sources.map(({ name }) => name).join(", "),
    cvss: [],
    fixedVersion: fixed,
    state: fixed === undefined ? "unfixed" : "fixed",
    title,
    advisory: {
      id,
      source: `Plimsoll's facts of ${runtimeAdvisoriesDate}: ${sources.map(({ name }) => name).join(", ")}`,
      url: sources[0].url,
    },
    decision: `${component}: ${introduced === "0" ? "" : `${introduced} <= `}${version}${fixed === undefined ? ", no version without it" : ` < ${fixed}`}`,
    confidence: disputed === undefined ? "high" : "medium",
    reasons: [
      ...(precondition === undefined ? [] : [`only where ${preconditionTexts[precondition]}`]),
      ...(disputed === undefined ? [] : [`sources disagree: ${disputed}`]),
      fixed === undefined ? "no version without it" : `fixed in ${fixed}`,
    ],
    priority: { critical: 700, high: 500, medium: 300, low: 120, info: 20 }[severity ?? "medium"],
  };
}

/** A distribution's build is judged by its own advisories; without them it is clear only where even the upstream version is. */
function byDistribution(
  installed: Package,
  component: RuntimeComponent,
  version: string,
  shownBy: string,
  { report, distribution, engines }: Context,
): Runtime {
  const common = { component, version, shownBy, build: "distribution" as const, setAside: [] };
  const isUnjudged = report?.unjudged.some(({ packages }) =>
    packages.includes(`${installed.name} ${installed.version}`),
  );
  if (report !== undefined && isUnjudged === false)
    return { ...common, matches: report.matches.filter((match) => match.purl === installed.purl) };
  const open = runtimeAdvisories.filter(
    (advisory) =>
      advisory.component === component &&
      rangeOf(advisory, version) !== undefined &&
      unmetReason(advisory, { engines }) === undefined,
  );
  if (open.length === 0) return { ...common, matches: [] };
  const name = distribution === undefined ? "its distribution" : distributionName(distribution);
  return {
    ...common,
    matches: [],
    unjudged: {
      reason: `${component} ${version} has ${open.length} known vulnerabilities upstream (${open
        .slice(0, 3)
        .map(({ id }) => id)
        .join(", ")}${open.length > 3 ? " …" : ""}), which ${name} may have fixed in its build`,
      remedy: `give the advisories of ${name}: --advisories PATH`,
    },
  };
}

/** An engine that no package brought: its version is what its program tells. */
function withoutPackage(engines: readonly Engine[], known: readonly Runtime[]): Runtime[] {
  return engines
    .filter((one) => !known.some(({ component }) => component === one.engine))
    .map((one) => {
      const component = one.engine;
      const shownBy = one.shownBy.join(", ") || component;
      const isComponent = components.some(([, name]) => name === component);
      if (one.version === undefined || !isComponent) {
        return {
          component,
          shownBy,
          build: "upstream" as const,
          matches: [],
          setAside: [],
          unjudged: {
            reason: `the version of ${component} is not known`,
            remedy: `no package of the host holds it; see "${component} --version"`,
          },
        };
      }
      const version = upstreamVersion(one.version) ?? one.version;
      const asPackage = genericPackage(component, one.version, one.shownBy);
      return byUpstream(asPackage, component as RuntimeComponent, version, shownBy, {
        engines,
        distribution: undefined,
        report: undefined,
      });
    });
}
