import { z } from "zod";
import { assess, type GuideRecommendation } from "../src/core/assessment.ts";
import { type Check, defineCheck, failEach, notApplicable, pass } from "../src/core/check.ts";
import { defineFact } from "../src/core/fact.ts";
import type { Declaration, Finding, Waiver } from "../src/core/finding.ts";
import type { GateDecision, GuideText, ReportInput } from "../src/core/reporter.ts";
import { defaultSettings } from "../src/core/settings.ts";
import { type Observation, Snapshot, type Target } from "../src/core/snapshot.ts";
import { imageBase } from "../src/facts/image/base.ts";
import { imageIdentity } from "../src/facts/image/identity.ts";
import { imageOsRelease } from "../src/facts/image/os-release.ts";
import { imagePackages } from "../src/facts/image/packages.ts";

/** What `sampleInput` can be made to differ in. */
export interface SampleOptions {
  /** Keeps the first image as the only target. */
  readonly singleImage?: boolean;
  /** Orders the observations before the snapshot is made. */
  readonly order?: (observations: readonly Observation[]) => readonly Observation[];
  /** Text that is put in every place that a target can fill. */
  readonly hostile?: string;
  /** When the facts were collected. */
  readonly created?: string;
  /** Gives both images one identity, as two tags of one repository have. */
  readonly sharedIdentity?: boolean;
  /** Leaves out the baseline, so that no finding is new or old. */
  readonly withoutBaseline?: boolean;
}

const collected = "2026-03-01T09:30:00.000Z";
const api = `image/sha256:${"1a".repeat(32)}`;
const worker = `image/sha256:${"2b".repeat(32)}`;

const Vulnerable = z.array(
  z.object({
    package: z.string(),
    version: z.string(),
    id: z.string(),
    severity: z.enum(["info", "low", "medium", "high", "critical"]),
    fixedVersion: z.string().optional(),
    layer: z.number(),
    knownExploited: z.boolean().default(false),
  }),
);
const vulnerabilities = defineFact({ id: "sample/vulnerabilities", summary: "the vulnerabilities in the image", obtain: "give advisories: --advisories PATH", schema: Vulnerable });
const user = defineFact({
  id: "sample/user",
  summary: "the user that the image runs as",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({ user: z.string(), file: z.string().optional(), line: z.number().optional() }),
});
const secrets = defineFact({
  id: "sample/secrets",
  summary: "clear text secrets in the image",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.array(z.object({ path: z.string(), kind: z.string(), masked: z.string(), layer: z.number() })),
});
const mounts = defineFact({
  id: "sample/mounts",
  summary: "what the container mounts",
  obtain: "plimsoll assess container",
  schema: z.object({ runs: z.enum(["linux", "windows"]), mounts: z.array(z.object({ source: z.string(), file: z.string(), line: z.number() })) }),
});
const transport = defineFact({
  id: "sample/transport",
  summary: "how the registry is reached",
  obtain: "plimsoll assess registry HOST",
  schema: z.object({ url: z.string(), protocol: z.string() }),
});
const anonymous = defineFact({
  id: "sample/anonymous",
  summary: "whether the API server answers requests without credentials",
  obtain: "give a kubeconfig: plimsoll assess cluster --context NAME",
  schema: z.object({ allowed: z.boolean() }),
});

/** The checks of the sample, by id. */
export const sampleChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    "image/vulnerable-package",
    defineCheck({
      title: "Vulnerable package",
      severity: "high",
      clauses: ["4.1.1-c", "4.1.1-f"],
      why: "A known vulnerability in an image is present in every container started from it.",
      fix: "Update the package and build the image again.",
      needs: { found: vulnerabilities },
      evaluate: ({ found }) =>
        failEach(
          found.map((item) => ({
            at: "var/lib/dpkg/status",
            found: `${item.package} ${item.version}`,
            expected: item.fixedVersion === undefined ? "a version without it; none is published yet" : `${item.fixedVersion} or later`,
            key: `${item.package}@${item.version} ${item.id}`,
            severity: item.severity,
            fix: item.fixedVersion === undefined ? "No fixed version is published yet." : `Update ${item.package} to ${item.fixedVersion}.`,
            layer: item.layer,
            details: {
              type: "deb",
              priority: item.knownExploited ? 900 : 100,
              ...(item.fixedVersion === undefined ? {} : { fixedVersion: item.fixedVersion }),
              ...(item.knownExploited ? { knownExploited: { since: "2025-06-01", ransomware: false } } : {}),
            },
          })),
          { at: "var/lib/dpkg/status", found: "no vulnerability at or above the threshold" },
        ),
      examples: { pass: [{ found: [] }], fail: [{ found: [{ package: "a", version: "1", id: "CVE-2025-1", severity: "high", layer: 0 }] }] },
    }),
  ],
  [
    "image/runs-as-root",
    defineCheck({
      title: "Image runs as root",
      severity: "high",
      clauses: ["4.1.2-b"],
      why: "A process that runs as root has more power over the container and, where isolation fails, over the host.",
      fix: "Add a USER instruction with a numeric user to the Dockerfile.",
      needs: { config: user },
      references: ["CIS Docker 1.6.0 4.1"],
      evaluate: ({ config }) => {
        const at = { at: "config.User", found: config.user, expected: "a user other than root" };
        const location = config.file === undefined ? {} : { location: { file: config.file, line: config.line } };
        return failEach(config.user === "root" ? [{ ...at, ...location }] : [], at);
      },
      examples: { pass: [{ config: { user: "1000" } }], fail: [{ config: { user: "root" } }] },
    }),
  ],
  [
    "image/embedded-secret",
    defineCheck({
      title: "Secret in image",
      severity: "critical",
      clauses: ["4.1.4-a"],
      why: "Whoever can pull the image can read the secret.",
      fix: "Remove the secret from the build, replace it where it is used, and give it to the container at run time.",
      needs: { found: secrets },
      evaluate: ({ found }) =>
        failEach(
          found.map((item) => ({ at: item.path, found: `${item.kind} ${item.masked}`, expected: "no secret", key: item.path, layer: item.layer })),
          { at: "all layers", found: "no secret" },
        ),
      examples: { pass: [{ found: [] }], fail: [{ found: [{ path: "a", kind: "b", masked: "c***", layer: 0 }] }] },
    }),
  ],
  [
    "registry/plain-http",
    defineCheck({
      title: "Registry reached over plain HTTP",
      severity: "high",
      clauses: ["4.2.1-a", "4.2.1-b"],
      why: "Images and credentials can be read and changed on the way.",
      fix: "Serve the registry over TLS.",
      needs: { registry: transport },
      evaluate: ({ registry }) => failEach(registry.protocol === "http" ? [{ at: registry.url, found: "http", expected: "https" }] : [], { at: registry.url, found: registry.protocol }),
      examples: { pass: [{ registry: { url: "a", protocol: "https" } }], fail: [{ registry: { url: "a", protocol: "http" } }] },
    }),
  ],
  [
    "orchestrator/anonymous-access",
    defineCheck({
      title: "Anonymous access to the API server",
      severity: "critical",
      clauses: ["4.3.2-a"],
      why: "Anybody who reaches the API server can act on the cluster.",
      fix: "Start the API server with --anonymous-auth=false.",
      needs: { access: anonymous },
      evaluate: ({ access }) => failEach(access.allowed ? [{ at: "/api", found: true, expected: false }] : [], { at: "/api", found: false }),
      examples: { pass: [{ access: { allowed: false } }], fail: [{ access: { allowed: true } }] },
    }),
  ],
  [
    "container/engine-socket-mounted",
    defineCheck({
      title: "Engine socket mounted",
      severity: "critical",
      clauses: ["4.4.3-c"],
      why: "Whoever can talk to the engine controls the host.",
      fix: "Remove the mount, or put a proxy that filters requests in front of the socket.",
      needs: { container: mounts },
      evaluate: ({ container }) => {
        if (container.runs === "windows") return notApplicable("a Windows container");
        const bad = container.mounts.filter((mount) => mount.source.includes("docker.sock"));
        return failEach(
          bad.map((mount) => ({ at: "services.ci.volumes", found: mount.source, expected: "no engine socket", key: mount.source, location: { file: mount.file, line: mount.line } })),
          { at: "services.ci.volumes", found: "no engine socket" },
        );
      },
      examples: { pass: [{ container: { runs: "linux", mounts: [] } }], fail: [{ container: { runs: "linux", mounts: [{ source: "docker.sock", file: "f", line: 1 }] } }] },
    }),
  ],
  [
    "container/linux-capabilities",
    defineCheck({
      title: "Capabilities added",
      severity: "medium",
      clauses: ["4.4.3-d"],
      why: "Each capability is a part of root's power.",
      fix: "Drop all capabilities.",
      needs: { container: mounts },
      evaluate: ({ container }) => (container.runs === "windows" ? notApplicable("a Windows container") : notApplicable("the container asks for no capability")),
      examples: { pass: [{ container: { runs: "linux", mounts: [] } }], fail: [{ container: { runs: "linux", mounts: [] } }] },
    }),
  ],
]);

const recommendationTexts: readonly [id: string, machine: GuideRecommendation["class"], text: string][] = [
  ["4.1.1-c", "machine", "The examination reaches all layers of an image."],
  ["4.1.1-e", "declaration", "Reports of image vulnerabilities suit the way the organization works."],
  ["4.1.1-f", "machine", "A quality gate lets an image pass only if it meets the policies."],
  ["4.1.2-b", "machine", "Images run as a user without privileges."],
  ["4.1.4-a", "machine", "Secrets are kept outside images."],
  ["4.2.1-a", "machine", "Registries are reached over encrypted channels only."],
  ["4.2.1-b", "machine", "Pushes and pulls run between trusted endpoints."],
  ["4.3.1-a", "machine", "Administrative access is confined to what each user needs."],
  ["4.3.2-a", "machine", "Access to cluster-wide accounts is controlled tightly."],
  ["4.4.3-c", "machine", "Containers do not mount sensitive parts of the host."],
  ["4.4.3-d", "machine", "Containers run with the fewest privileges."],
  ["4.5.4-a", "machine-and-declaration", "Interactive logins to hosts are audited."],
  ["4.6-g", "declaration", "The provider states how its hosts are rooted in hardware."],
];
const areaIds = ["image", "registry", "orchestrator", "container", "host", "hardware"] as const;
const areaTitles = ["Image", "Registry", "Orchestrator", "Container", "Host OS", "Hardware"];
const areaOfSection = (section: string) => areaIds[Number(section.charAt(2)) - 1]!;
const sectionOfId = (id: string) => id.slice(0, id.lastIndexOf("-"));
const countermeasureTitles: Readonly<Record<string, string>> = {
  "4.1.1": "Image vulnerabilities",
  "4.1.2": "Image configuration defects",
  "4.1.4": "Embedded clear text secrets",
  "4.2.1": "Insecure connections to registries",
  "4.3.1": "Unbounded administrative access",
  "4.3.2": "Unauthorized access",
  "4.4.3": "Insecure container runtime configurations",
  "4.5.4": "Improper user access rights",
  "4.6": "Hardware countermeasures",
};

/** The part of the guide that the sample is judged by. */
export const sampleGuide: GuideText = {
  title: "Application Container Security Guide",
  areas: areaIds.map((id, index) => ({ id, number: `4.${index + 1}`, title: `${areaTitles[index]} Countermeasures` })),
  countermeasures: Object.entries(countermeasureTitles).map(([id, title]) => ({ id, area: areaOfSection(id), title, summary: `What answers the risk "${title}".` })),
  recommendations: recommendationTexts.map(([id, kind, text]) => ({ id, countermeasure: sectionOfId(id), area: areaOfSection(id), class: kind, text })),
};

function observationsOf(hostile: string): Observation[] {
  const seen = (fact: { readonly id: string }, subject: string, value: unknown): Observation => ({ fact: fact.id, subject, source: `sample${hostile}`, value });
  const layer = (n: number) => ({ diffId: `sha256:${String(n).repeat(64)}`, size: 30_000_000 + n, createdBy: `step ${n}${hostile}` });
  return [
    seen(imageIdentity, api, {
      name: `registry.example/shop/api:1.4.2${hostile}`,
      references: ["registry.example/shop/api:1.4.2"],
      format: "oci",
      configDigest: api.slice("image/".length),
      platform: { os: "linux", architecture: "arm64", variant: "v8" },
      created: "2025-11-21T08:00:00Z",
      size: 90_000_003,
      layers: [layer(0), layer(1), layer(2)],
    }),
    seen(imagePackages, api, {
      packages: ["openssl", "zlib1g", "libxml2"].map((name) => ({ name, version: "1", type: "deb", purl: `pkg:deb/debian/${name}@1`, foundIn: ["var/lib/dpkg/status"], layer: 0 })),
      databases: ["dpkg var/lib/dpkg/status"],
    }),
    seen(imageOsRelease, api, { id: "debian", versionId: "12", prettyName: `Debian${hostile}`, path: "etc/os-release" }),
    seen(imageBase, api, { reference: `debian:12${hostile}`, shownBy: "label", layers: 1 }),
    seen(vulnerabilities, api, [
      { package: `openssl${hostile}`, version: "3.0.11-1", id: "CVE-2025-10001", severity: "critical", fixedVersion: "3.0.17-1", layer: 0, knownExploited: true },
      { package: `openssl${hostile}`, version: "3.0.11-1", id: "CVE-2025-10002", severity: "high", fixedVersion: "3.0.16-1", layer: 0 },
      { package: "libxml2", version: "2.9.14-1", id: "CVE-2025-10003", severity: "high", fixedVersion: "2.9.14-2", layer: 2 },
      { package: "zlib1g", version: "1.2.13-1", id: "CVE-2025-10004", severity: "critical", layer: 0 },
      { package: "libxml2", version: "2.9.14-1", id: "CVE-2025-10005", severity: "medium", fixedVersion: "2.9.14-2", layer: 2 },
    ]),
    seen(vulnerabilities, worker, []),
    seen(user, api, { user: "root", file: `services/api/Dockerfile${hostile}`, line: 7 }),
    seen(user, worker, { user: "1000" }),
    seen(secrets, api, [{ path: `srv/app/.env${hostile}`, kind: `AWS access key${hostile}`, masked: "AKIA****", layer: 2 }]),
    seen(transport, "registry/registry.example", { url: "https://registry.example", protocol: "https" }),
    { fact: anonymous.id, subject: "cluster/staging", source: "GET /api", unavailable: `connection refused${hostile}`, remedy: `start the cluster, or name another: --context NAME${hostile}` },
    seen(mounts, "container/engine/ci", { runs: "linux", mounts: [{ source: `/var/run/docker.sock${hostile}`, file: "compose.yaml", line: 31 }] }),
    seen(mounts, "container/engine/report", { runs: "windows", mounts: [] }),
  ];
}

const waivers: readonly Waiver[] = [
  { check: "image/vulnerable-package", key: "CVE-2025-10005", reason: "The parser is never given input from outside.", approver: "platform security", expires: "2026-06-30" },
  { check: "container/*", key: "/run/old.sock", reason: "Was needed for the migration.", approver: "platform security", expires: "2026-01-31" },
  { key: "CVE-2020-99999", reason: "Not reachable.", approver: "platform security", expires: "2026-12-31" },
];
const declarations: readonly Declaration[] = [
  { recommendations: ["4.5.4-a"], owner: "platform team", text: "Logins pass a bastion that records every session.", link: "https://wiki.example/bastion", expires: "2026-09-30" },
];

/** A report's input made by judging a small snapshot: passes, failures with and without location and key, waived, unknown, not applicable, declared and new ones. */
export function sampleInput(options: SampleOptions = {}): ReportInput {
  const hostile = options.hostile ?? "";
  const targets: Target[] = [
    { kind: "image", name: `shop/api:1.4.2${hostile}`, subject: api, identity: "image/registry.example/shop/api" },
    { kind: "image", name: "shop/worker:1.4.2", subject: worker, identity: options.sharedIdentity ? "image/registry.example/shop/api" : "image/registry.example/shop/worker" },
    { kind: "registry", name: "registry.example", subject: "registry/registry.example", identity: "registry/registry.example" },
    { kind: "cluster", name: "staging", subject: "cluster/staging", identity: "cluster/staging" },
    { kind: "container", name: "docker", subject: "container/engine", identity: "container/engine" },
  ];
  const all = observationsOf(hostile);
  const observations = options.singleImage ? all.filter((observation) => observation.subject === api) : all;
  const snapshot = new Snapshot({
    tool: "plimsoll 0.1.0",
    created: options.created ?? collected,
    advisories: { id: `sha256:${"ad".repeat(32)}`, date: "2026-02-27", source: "advisories.db" },
    targets: options.singleImage ? targets.slice(0, 1) : targets,
    observations: options.order ? options.order(observations) : observations,
  });
  const assessment = assess(sampleGuide.recommendations as readonly GuideRecommendation[], sampleChecks, snapshot, { settings: defaultSettings, checks: {}, waivers, declarations });
  const findings = options.withoutBaseline ? assessment.findings : assessment.findings.map(comparedWithBaseline);
  return {
    assessment: { ...assessment, findings },
    gate: gateOf(findings),
    guide: sampleGuide,
    policyName: "plimsoll.yaml",
    checks: sampleChecks,
    version: "0.1.0",
    baselineName: options.withoutBaseline ? undefined : "baseline.json",
  };
}

function comparedWithBaseline(finding: Finding): Finding {
  return finding.status === "fail" ? { ...finding, isNew: finding.key.endsWith("CVE-2025-10003") || finding.check === "container/engine-socket-mounted" } : finding;
}

function gateOf(findings: readonly Finding[]): GateDecision {
  const critical = findings.filter((finding) => finding.status === "fail" && finding.severity === "critical" && !finding.waiver).length;
  return critical === 0 ? { allowed: true, exitCode: 0, reasons: [] } : { allowed: false, exitCode: 1, reasons: [`${critical} critical findings, the policy allows 0`] };
}

/** Text that breaks a format which does not escape it: line ends, terminal sequences, markup, separators, quotes, NUL, bidirectional override. */
export const hostileText = '\r\n\u001b[31mred\u001b[0m\u0007<script>alert(1)</script>|"quote"\'`&amp;]]>\u0000\u202Egnp.exe\u200b,=1+1\ufffe\ud800{{7*7}}%0A::error::x';
