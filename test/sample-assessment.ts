import { assess, type GuideRecommendation } from "../src/core/assessment.ts";
import type { Declaration, Finding, Waiver } from "../src/core/finding.ts";
import type { GateDecision, ReportInput } from "../src/core/reporter.ts";
import { defaultSettings } from "../src/core/settings.ts";
import { type Observation, Snapshot, type Target } from "../src/core/snapshot.ts";
import { imageBase } from "../src/facts/image/base.ts";
import { imageIdentity } from "../src/facts/image/identity.ts";
import { imageOsRelease } from "../src/facts/image/os-release.ts";
import { imagePackages } from "../src/facts/image/packages.ts";
import { imageVulnerabilities } from "../src/facts/image/vulnerabilities.ts";
import { anonymous, mounts, sampleChecks, secrets, transport, user, vulnerabilities } from "./sample-checks.ts";
import { sampleGuide } from "./sample-guide.ts";

export { sampleChecks } from "./sample-checks.ts";

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

function observationsOf(hostile: string): Observation[] {
  const seen = (fact: { readonly id: string }, subject: string, value: unknown): Observation => ({
    fact: fact.id,
    subject,
    source: `sample${hostile}`,
    value,
  });
  const layer = (n: number) => ({
    diffId: `sha256:${String(n).repeat(64)}`,
    size: 30_000_000 + n,
    createdBy: `step ${n}${hostile}`,
  });
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
      packages: ["openssl", "zlib1g", "libxml2"].map((name) => ({
        name,
        version: "1",
        type: "deb",
        purl: `pkg:deb/debian/${name}@1`,
        foundIn: ["var/lib/dpkg/status"],
        layer: 0,
      })),
      databases: ["dpkg var/lib/dpkg/status"],
    }),
    seen(imageOsRelease, api, {
      id: "debian",
      versionId: "12",
      prettyName: `Debian${hostile}`,
      path: "etc/os-release",
    }),
    seen(imageBase, api, { reference: `debian:12${hostile}`, shownBy: "label", layers: 1 }),
    seen(vulnerabilities, api, [
      {
        package: `openssl${hostile}`,
        version: "3.0.11-1",
        id: "CVE-2025-10001",
        severity: "critical",
        fixedVersion: "3.0.17-1",
        layer: 0,
        knownExploited: true,
      },
      {
        package: `openssl${hostile}`,
        version: "3.0.11-1",
        id: "CVE-2025-10002",
        severity: "high",
        fixedVersion: "3.0.16-1",
        layer: 0,
      },
      {
        package: "libxml2",
        version: "2.9.14-1",
        id: "CVE-2025-10003",
        severity: "high",
        fixedVersion: "2.9.14-2",
        layer: 2,
      },
      { package: "zlib1g", version: "1.2.13-1", id: "CVE-2025-10004", severity: "critical", layer: 0 },
      {
        package: "libxml2",
        version: "2.9.14-1",
        id: "CVE-2025-10005",
        severity: "medium",
        fixedVersion: "2.9.14-2",
        layer: 2,
      },
    ]),
    seen(vulnerabilities, worker, []),
    seen(imageVulnerabilities, api, {
      advisories: { id: `sha256:${"ad".repeat(32)}`, date: "2026-02-27", source: "advisories.db" },
      matches: [],
      suppressed: [
        setAside("CVE-2010-4756", "glibc", "low", "unimportant", `without effect as it is built${hostile}`, "debian"),
        setAside("CVE-2025-10006", `libxml2${hostile}`, "high", "not_affected", "it is never loaded", "api.vex.json"),
        setAside("CVE-2019-9192", "glibc", "low", "unimportant", `without effect as it is built${hostile}`, "debian"),
      ],
      judged: 3,
    }),
    seen(user, api, { user: "root", file: `services/api/Dockerfile${hostile}`, line: 7 }),
    seen(user, worker, { user: "1000" }),
    seen(secrets, api, [
      { path: `srv/app/.env${hostile}`, kind: `AWS access key${hostile}`, masked: "AKIA****", layer: 2 },
    ]),
    seen(transport, "registry/registry.example", { url: "https://registry.example", protocol: "https" }),
    {
      fact: anonymous.id,
      subject: "cluster/staging",
      source: "GET /api",
      unavailable: `connection refused${hostile}`,
      remedy: `start the cluster, or name another: --context NAME${hostile}`,
    },
    seen(mounts, "container/engine/ci", {
      runs: "linux",
      mounts: [{ source: `/var/run/docker.sock${hostile}`, file: "compose.yaml", line: 31 }],
    }),
    seen(mounts, "container/engine/report", { runs: "windows", mounts: [] }),
  ];
}

function setAside(id: string, name: string, severity: string, status: string, reason: string, source: string) {
  const match = {
    id,
    package: name,
    version: "2.0-1",
    purl: `pkg:deb/debian/${name}@2.0-1`,
    type: "deb",
    severity,
    severitySource: "debian",
    state: "unfixed",
    advisory: { id, source: "debian" },
    decision: `deb: ${name} 2.0-1 has no fix`,
  };
  return { match, status, reason, source };
}

const waivers: readonly Waiver[] = [
  {
    check: "image/vulnerable-package",
    key: "CVE-2025-10005",
    reason: "The parser is never given input from outside.",
    approver: "platform security",
    expires: "2026-06-30",
  },
  {
    check: "container/*",
    key: "/run/old.sock",
    reason: "Was needed for the migration.",
    approver: "platform security",
    expires: "2026-01-31",
  },
  { key: "CVE-2020-99999", reason: "Not reachable.", approver: "platform security", expires: "2026-12-31" },
];
const declarations: readonly Declaration[] = [
  {
    recommendations: ["4.5.4-a"],
    owner: "platform team",
    text: "Logins pass a bastion that records every session.",
    link: "https://wiki.example/bastion",
    expires: "2026-09-30",
  },
];

/** A report's input made by judging a small snapshot: passes, failures with and without location and key, waived, unknown, not applicable, declared and new ones. */
export function sampleInput(options: SampleOptions = {}): ReportInput {
  const hostile = options.hostile ?? "";
  const targets: Target[] = [
    { kind: "image", name: `shop/api:1.4.2${hostile}`, subject: api, identity: "image/registry.example/shop/api" },
    {
      kind: "image",
      name: "shop/worker:1.4.2",
      subject: worker,
      identity: options.sharedIdentity ? "image/registry.example/shop/api" : "image/registry.example/shop/worker",
    },
    {
      kind: "registry",
      name: "registry.example",
      subject: "registry/registry.example",
      identity: "registry/registry.example",
    },
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
  const assessment = assess(sampleGuide.recommendations as readonly GuideRecommendation[], sampleChecks, snapshot, {
    settings: defaultSettings,
    checks: {},
    waivers,
    declarations,
  });
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
  return finding.status === "fail"
    ? {
        ...finding,
        isNew: finding.key.endsWith("CVE-2025-10003") || finding.check === "container/engine-socket-mounted",
      }
    : finding;
}

function gateOf(findings: readonly Finding[]): GateDecision {
  const critical = findings.filter(
    (finding) => finding.status === "fail" && finding.severity === "critical" && !finding.waiver,
  ).length;
  return critical === 0
    ? { allowed: true, exitCode: 0, reasons: [] }
    : { allowed: false, exitCode: 1, reasons: [`${critical} critical findings, the policy allows 0`] };
}

/** Text that breaks a format which does not escape it: line ends, terminal sequences, markup, separators, quotes, NUL, bidirectional override. */
export const hostileText =
  '\r\n\u001b[31mred\u001b[0m\u0007<script>alert(1)</script>|"quote"\'`&amp;]]>\u0000\u202Egnp.exe\u200b,=1+1\ufffe\ud800{{7*7}}%0A::error::x';
