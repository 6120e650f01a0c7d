import { guideText } from "../../src/catalog/guide-text.ts";
import { assess } from "../../src/core/assessment.ts";
import { type Evidence, notApplicable, type Verdict } from "../../src/core/check.ts";
import type { Declaration, Waiver } from "../../src/core/finding.ts";
import type { ReportInput } from "../../src/core/reporter.ts";
import { defaultSettings } from "../../src/core/settings.ts";
import { severities } from "../../src/core/severity.ts";
import { type Observation, Snapshot, type Target } from "../../src/core/snapshot.ts";
import type { VulnerabilityMatch } from "../../src/facts/vulnerability.ts";
import { vulnerabilityEvidence } from "../../src/facts/vulnerability-evidence.ts";
import { checks, facts, filling, scripts } from "./platform-checks.ts";

/*
 * A whole platform for the report page: the real guide with all its recommendations, checks that give the verdict that their
 * fact holds, and as many images with as many vulnerabilities as a test asks for.
 */

const { recommendations } = guideText;

const created = "2026-03-01T09:30:00.000Z";

/** How large the platform is. */
export interface PlatformSize {
  readonly images: number;
  readonly vulnerabilitiesPerImage: number;
}

/** The input of a report on the platform; equal sizes give equal inputs. */
export function platformInput(size: PlatformSize = { images: 9, vulnerabilitiesPerImage: 12 }): ReportInput {
  const targets = targetsOf(size);
  const snapshot = new Snapshot({
    tool: "plimsoll 0.4.0",
    created,
    advisories: { id: "sha256:5f2c", date: "2026-02-27", source: "advisories-2026-02-27.plim" },
    targets,
    observations: observationsOf(targets, size),
  });
  const assessment = assess(recommendations, checks, snapshot, {
    settings: defaultSettings,
    checks: {},
    waivers,
    declarations,
  });
  const critical = assessment.findings.filter(
    (finding) => finding.status === "fail" && !finding.waiver && finding.severity === "critical",
  ).length;
  return {
    assessment: {
      ...assessment,
      findings: assessment.findings.map((finding, index) => ({ ...finding, isNew: index % 3 === 0 })),
    },
    gate: {
      allowed: critical === 0,
      exitCode: critical === 0 ? 0 : 1,
      reasons: critical === 0 ? [] : [`${critical} critical findings, the policy allows 0`],
    },
    guide: guideText,
    policyName: "plimsoll.yaml",
    baselineName: "main.json",
    checks,
    version: "0.4.0",
  };
}

/** The input of a report on nothing at all. */
export function emptyInput(): ReportInput {
  const snapshot = new Snapshot({ tool: "plimsoll 0.4.0", created, targets: [], observations: [] });
  return {
    assessment: assess(recommendations, new Map(), snapshot, {
      settings: defaultSettings,
      checks: {},
      waivers: [],
      declarations: [],
    }),
    gate: { allowed: false, exitCode: 3, reasons: ["nothing could be assessed"] },
    guide: guideText,
    checks: new Map(),
    version: "0.4.0",
  };
}

const bases = [
  "docker.io/library/debian:12-slim",
  "docker.io/library/alpine:3.19",
  "registry.example/base/node:20",
  undefined,
];
const names = ["api", "web", "worker", "billing", "auth", "search", "mailer", "reports", "gateway"];
const packages = ["openssl", "zlib1g", "libexpat1", "curl", "glibc", "perl-base", "libxml2", "krb5", "systemd", "tar"];

function targetsOf({ images }: PlatformSize): Target[] {
  const imageTargets = Array.from({ length: images }, (_, index): Target => {
    const name = `registry.example/shop/${names[index % names.length]}${index < names.length ? "" : index}`;
    return {
      kind: "image",
      name: `${name}:1.${index}.0`,
      subject: `image/sha256:${(index + 16).toString(16).padStart(64, "0")}`,
      identity: `image/${name}`,
    };
  });
  return [
    { kind: "cluster", name: "kind-dev", subject: "cluster/kind-dev", identity: "cluster/kind-dev" },
    ...imageTargets,
    {
      kind: "registry",
      name: "registry.example",
      subject: "registry/registry.example",
      identity: "registry/registry.example",
    },
    { kind: "host", name: "node-1 (Debian 13)", subject: "host/node-1", identity: "host/node-1" },
  ];
}

/** What a check says of one subject, as the facts of this platform hold it. */
type Scripted = readonly [subject: string, verdict: Verdict];

function observationsOf(targets: readonly Target[], size: PlatformSize): Observation[] {
  const images = targets.filter((target) => target.kind === "image");
  const verdicts: Record<string, readonly Scripted[]> = {
    "image/known-vulnerability": images.map((image, index) => [
      image.subject,
      vulnerabilities(index, size.vulnerabilitiesPerImage),
    ]),
    "image/runs-as-root": images.map((image, index) => [
      image.subject,
      index % 3 === 0 ? failed("config.User", "", "a user other than root") : passed("config.User", "10001"),
    ]),
    "image/embedded-secret": images.map((image, index) => [
      image.subject,
      index === 2 ? secret() : passed("/", "no secret in 14,210 files"),
    ]),
    "registry/unencrypted-connection": [
      [
        "registry/registry.example",
        passed("https://registry.example/v2/", "TLS 1.3, certificate valid until 2026-09-01"),
      ],
    ],
    "orchestrator/cluster-admin-by-steps": [["cluster/kind-dev", admin()]],
    "orchestrator/default-allow-network": ["shop", "billing", "monitoring"].map((name, index) => [
      `cluster/kind-dev/namespace/${name}`,
      index === 1
        ? passed("networkpolicies", "default-deny selects every pod")
        : failed("networkpolicies", "none", "one that selects every pod and allows nothing"),
    ]),
    "container/runtime-socket-mounted": [
      ["cluster/kind-dev/namespace/monitoring/pod/grafana/container/agent", socket()],
    ],
    "container/privileged": Array.from(
      { length: 8 },
      (_, index): Scripted => [
        `cluster/kind-dev/namespace/shop/pod/${names[index]}/container/app`,
        index === 4
          ? failed("spec.containers[0].securityContext.privileged", true, false)
          : passed("spec.containers[0].securityContext.privileged", false),
      ],
    ),
    "host/kernel-end-of-life": [["host/node-1", passed("/proc/version", "6.12.63, supported until 2028-12")]],
  };
  filling.forEach(({ id, area }, index) => {
    const subject = {
      image: images[0]?.subject,
      registry: "registry/registry.example",
      orchestrator: "cluster/kind-dev",
      container: "cluster/kind-dev",
      host: "host/node-1",
      hardware: undefined,
    }[area];
    const verdict =
      index % 4 === 3
        ? failed(`setting of ${id}`, "off", "on")
        : index % 9 === 8
          ? notApplicable("no such component is installed")
          : passed(`setting of ${id}`, "on");
    if (subject) verdicts[`${area}/lacks-${id.replaceAll(".", "-")}`] = [[subject, verdict]];
  });
  const scripted = Object.entries(verdicts).flatMap(([check, entries]) =>
    entries.map(
      ([subject, value]): Observation => ({
        fact: facts.get(check)!.id,
        subject,
        source: scripts[check]!.source,
        value,
      }),
    ),
  );
  return [...scripted, ...images.flatMap(imageFacts), ...unavailable()];
}

function imageFacts(image: Target, index: number): Observation[] {
  const base = bases[index % bases.length];
  const source = "manifest and configuration in the registry";
  return [
    {
      fact: "image/base",
      subject: image.subject,
      source,
      value: base ? { reference: base, shownBy: "label", layers: 1, scratch: false } : { scratch: false },
    },
    {
      fact: "image/identity",
      subject: image.subject,
      source,
      value: {
        name: image.name,
        references: [image.name],
        format: "oci",
        configDigest: image.subject,
        platform: { os: "linux", architecture: "amd64" },
        created: "2026-01-14T08:00:00Z",
        size: 48_000_000 + index * 7_000_000,
        layers: [{}, {}, {}],
      },
    },
    {
      fact: "image/packages",
      subject: image.subject,
      source: "/var/lib/dpkg/status",
      value: { packages: Array.from({ length: 91 + index }, () => ({})), databases: [] },
    },
    { fact: "image/vulnerabilities", subject: image.subject, source: "derived", value: setAsideOf(index) },
  ];
}

/** What Debian calls harmless in the image, and what a statement of its makers takes back. */
function setAsideOf(image: number): unknown {
  const aside = (index: number, status: string, reason: string, source: string) => ({
    match: { ...matchOf(image, index), knownExploited: undefined },
    status,
    reason,
    source,
  });
  return {
    advisories: { id: "sha256:5f2c", date: "2026-02-27", source: "advisories-2026-02-27.plim" },
    matches: [],
    judged: 93,
    suppressed: [
      ...Array.from({ length: 3 + image }, (_, index) =>
        aside(
          100 + index,
          "unimportant",
          "Debian calls it unimportant: without effect on security as it is built",
          "debian",
        ),
      ),
      aside(200, "not_affected", "vulnerable code not in execute path: the parser is never called", "shop.vex.json"),
    ],
  };
}

function unavailable(): Observation[] {
  return [
    {
      fact: facts.get("hardware/no-measured-boot")!.id,
      subject: "host/node-1",
      source: "/sys/class/tpm",
      unavailable: "no TPM device",
      remedy: "enable the vTPM of the virtual machine, or declare the provider's statement",
    },
    {
      fact: facts.get("host/kernel-end-of-life")!.id,
      subject: "host/node-2",
      source: "ssh node-2",
      unavailable: "connection refused",
      remedy: "run `plimsoll assess host` on node-2",
    },
  ];
}

function vulnerabilities(image: number, count: number): Verdict {
  if (count === 0) return passed("package databases", "no advisory applies to 93 packages");
  const evidence = Array.from({ length: count }, (_, index) => vulnerabilityEvidence(matchOf(image, index)));
  return { status: "fail", evidence: evidence as [Evidence, ...Evidence[]] };
}

function matchOf(image: number, index: number): VulnerabilityMatch {
  const name = packages[(index * 7 + image) % packages.length]!;
  const version = `1.${index % 9}.0-1`;
  const id = `CVE-2025-${10_000 + ((index * 37 + image * 3) % 30_000)}`;
  const fixed = index % 5 !== 4;
  const exploited = index % 11 === 0;
  return {
    id,
    aliases: [],
    package: name,
    version,
    purl: `pkg:deb/debian/${name}@${version}?arch=amd64&distro=debian-12`,
    type: "deb",
    layer: index % 3,
    foundIn: ["/var/lib/dpkg/status"],
    severity: severities[[4, 3, 3, 2, 2, 2, 1, 1, 2, 0][(index + image) % 10]!]!,
    severitySource: "nvd",
    cvss: [{ vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", score: 9.8, source: "nvd" }],
    fixedVersion: fixed ? `1.${(index % 9) + 1}.0-1` : undefined,
    state: fixed ? "fixed" : "unfixed",
    title: "Out-of-bounds write while reading input",
    advisory: { id, source: "debian", url: `https://security-tracker.debian.org/tracker/${id}` },
    decision: `deb: ${name} ${version} < 1.${(index % 9) + 1}.0-1`,
    knownExploited: exploited ? { since: "2025-08-01", ransomware: index % 2 === 0 } : undefined,
    epss: 0.01 * (index % 40),
    confidence: "high",
    reasons: exploited ? ["known exploited", "fix available"] : [],
    priority: 900 - (index % 900),
  };
}

function secret(): Verdict {
  return {
    status: "fail",
    evidence: [
      {
        at: "/app/.env",
        found: "AWS secret access key wJal****************EKEY",
        expected: "no secret",
        key: "/app/.env aws-secret-key",
        layer: 2,
        location: { file: "Dockerfile", line: 14 },
      },
    ],
  };
}

function admin(): Verdict {
  return {
    status: "fail",
    evidence: [
      {
        at: "rolebinding ci/deployer",
        found: "create pods in namespace kube-system",
        expected: "no right that leads to cluster-admin",
        key: "serviceaccount ci/deployer",
      },
      {
        at: "serviceaccount kube-system/clusterrole-aggregation-controller",
        found: { verbs: ["*"], resources: ["*"], via: "mount its token" },
        key: "serviceaccount ci/deployer",
      },
    ],
  };
}

function socket(): Verdict {
  return {
    status: "fail",
    evidence: [
      {
        at: "volumes[2].hostPath",
        found: "/var/run/docker.sock, read-write",
        expected: "no engine socket",
        key: "/var/run/docker.sock",
        location: { file: "deploy/monitoring.yaml", line: 31, column: 9 },
      },
    ],
  };
}

function failed(at: string, found: unknown, expected: unknown): Verdict {
  return { status: "fail", evidence: [{ at, found, expected }] };
}

function passed(at: string, found: unknown): Verdict {
  return { status: "pass", evidence: [{ at, found }] };
}

const waivers: readonly Waiver[] = [
  {
    check: "container/privileged",
    subject: "*pod/auth*",
    reason: "The hardware key needs it until the driver is replaced.",
    approver: "platform owner",
    expires: "2026-03-20",
  },
  {
    check: "image/runs-as-root",
    subject: "registry.example/old/*",
    reason: "Legacy images.",
    approver: "platform owner",
    expires: "2026-01-01",
  },
];

const declarations: readonly Declaration[] = [
  {
    recommendations: ["4.1.1-a", "4.1.3-a"],
    owner: "security team",
    text: "Images are scanned in every pipeline and daily in the registry.",
    link: "https://wiki.example/scanning",
    expires: "2026-12-31",
  },
  {
    recommendations: ["4.4.5-a"],
    owner: "platform team",
    text: "Development clusters are separate accounts.",
    expires: "2026-03-15",
  },
];
