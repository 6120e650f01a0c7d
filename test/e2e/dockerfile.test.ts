import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { guideText } from "../../src/catalog/guide-text.ts";
import { collectAll } from "../../src/cli/collection.ts";
import { judgeSnapshot, withDerived } from "../../src/cli/judging.ts";
import { Progress } from "../../src/cli/progress.ts";
import { wantedFrom } from "../../src/cli/targets.ts";
import type { Finding } from "../../src/core/finding.ts";
import { Settings } from "../../src/core/settings.ts";
import { Snapshot } from "../../src/core/snapshot.ts";
import { decide } from "../../src/policy/gate.ts";
import { defaultPolicy } from "../../src/policy/policy-file.ts";
import { reporters } from "../../src/reporters/index.generated.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-dockerfile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const policy = { ...defaultPolicy, settings: Settings.parse({ trustedBases: ["docker.io/library/*"] }) };

async function assessed(...targets: string[]) {
  const wanted = await wantedFrom(targets[0], targets.slice(1), "/");
  const { content } = await collectAll(wanted, {
    platform: undefined,
    cache: false,
    offline: true,
    progress: new Progress({ quiet: true }),
    signal: new AbortController().signal,
  });
  const snapshot = await withDerived(new Snapshot(content), {}, true);
  return { wanted, ...judgeSnapshot(snapshot, { policy }) };
}

/** `check line` of everything that failed. */
const failed = (findings: readonly Finding[]) =>
  findings
    .filter(({ status }) => status === "fail")
    .flatMap(({ check, evidence }) =>
      evidence.map(({ location }) => `${check.replace("image/", "")} ${location?.line}`),
    )
    .sort();
const statusOf = (findings: readonly Finding[], check: string) =>
  findings.find((one) => one.check === `image/${check}`)?.status;

const faulty = `ARG RELEASE=12
FROM golang AS build
ARG NPM_TOKEN
RUN curl -sSL https://example.invalid/install \\
  | sudo bash
FROM stranger/debian:\${RELEASE}
ENV OTHER=1 \\
    DB_PASSWORD="correct horse battery"
RUN apt-get update
RUN apt-get update && \\
    # tools
    apt-get install -y openssh-server \\
    gcc
RUN chmod u+s /usr/bin/tool && \\
    chmod -R 777 /srv
RUN pip install --trusted-host example.invalid flask
RUN apt-get -y upgrade && rm -rf /var/lib/apt/lists/*
ADD app.tar.gz /srv
ADD https://example.invalid/a.tgz /srv
EXPOSE 22
HEALTHCHECK NONE
LABEL maintainer=""
USER root
CMD ["/usr/sbin/sshd", "-D"]
`;

describe("a Dockerfile", () => {
  it("fails where it is at fault, each on its line", async () => {
    const path = file("faulty/Dockerfile", faulty);
    const { wanted, assessment } = await assessed(path);
    expect(wanted).toMatchObject([{ kind: "image", target: `dockerfile:${path}` }]);
    expect(failed(assessment.findings)).toEqual(
      [
        "add-instead-of-copy 18",
        "added-from-url 19",
        "added-from-url 5",
        "base-floating 2",
        "embedded-secret 8",
        "index-update-alone 9",
        "intruder-tools 13",
        "missing-health-check 21",
        "owner-unlabelled 22",
        "package-cache-left 10",
        "package-cache-left 16",
        "package-cache-left 9",
        "privilege-escalation-files 14",
        "privileged-port-exposed 20",
        "remote-shell 12",
        "remote-shell 20",
        "runs-as-root 23",
        "secret-build-argument 3",
        "sudo-in-build 5",
        "unpinned-packages 12",
        "unpinned-packages 16",
        "untrusted-base 6",
        "upgrade-in-build 17",
        "user-unresolved 23",
        "verification-off 16",
        "world-writable-files 15",
      ].sort(),
    );
  });
  it("tells what is only in a build stage apart", async () => {
    const { assessment } = await assessed(file("faulty/Dockerfile", faulty));
    const piped = assessment.findings.find(({ key }) => key === "a download piped into a shell in stage build");
    expect(piped).toMatchObject({
      severity: "low",
      evidence: [{ found: expect.stringContaining("only in build stage build") }],
    });
    expect(assessment.findings.find(({ key }) => key === "https://example.invalid/a.tgz")?.severity).toBe("medium");
  });
  it("shows no secret", async () => {
    const path = file(
      "secret/Dockerfile",
      "FROM a\nENV PASSWORD \"hunter two and three\"\nARG API_KEY=zq8Fk2Lm9Xw4\nLABEL token='open sesame please'\nRUN deploy --password s3cretWord99 \\\n  # PASSWORD=other7Secret\n  && curl https://me:hidden77word@example.invalid/\n",
    );
    const { assessment } = await assessed(path);
    const text = assessment.snapshot.serialise();
    for (const secret of [
      "hunter two",
      "zq8Fk2Lm9Xw4",
      "open sesame",
      "s3cretWord99",
      "other7Secret",
      "hidden77word",
      "spread over",
    ])
      expect(text).not.toContain(secret);
    expect(
      failed(assessment.findings).filter((one) => one.startsWith("embedded-secret")).length,
    ).toBeGreaterThanOrEqual(4);
  });
  it("shows each secret with its own line, in continued lines, here-documents and what ONBUILD keeps", async () => {
    const path = file(
      "lines/Dockerfile",
      [
        "FROM debian:12.5",
        "RUN make && \\",
        "  # a comment",
        "  echo 'root:hunter22x' | chpasswd",
        "COPY <<CONF /etc/app.conf",
        "name=app",
        "password=Sup3rGeheim-77",
        "CONF",
        "RUN <<EOF",
        "set -e",
        "curl -k https://x.invalid/y -u me:hidden77word",
        "EOF",
        "ONBUILD RUN curl -k https://x.invalid/z",
        "",
      ].join("\n"),
    );
    const { assessment } = await assessed(path);
    const lines = failed(assessment.findings).filter((one) => /^(embedded-secret|verification-off) /.test(one));
    expect(lines.sort()).toEqual([
      "embedded-secret 11",
      "embedded-secret 4",
      "embedded-secret 7",
      "verification-off 11",
      "verification-off 13",
    ]);
  });
  it("passes nothing that its base decides", async () => {
    const { assessment } = await assessed(file("inherits/Containerfile", "FROM debian:12.5\nEXPOSE 8080\nRUN make\n"));
    const { findings } = assessment;
    expect(failed(findings)).toEqual([]);
    for (const check of [
      "runs-as-root",
      "missing-health-check",
      "privileged-port-exposed",
      "owner-unlabelled",
      "package-cache-left",
      "package-manager-present",
      "intruder-tools",
      "remote-shell",
      "embedded-secret",
      "privilege-escalation-files",
      "world-writable-files",
      "device-nodes",
      "system-files-writable",
      "unknown-base",
      "base-stale",
      "vulnerable-package",
      "malware-found",
      "stale",
    ])
      expect([check, statusOf(findings, check)]).toEqual([check, "unknown"]);
    expect(["base-floating", "untrusted-base", "index-update-alone"].map((check) => statusOf(findings, check))).toEqual(
      ["pass", "pass", "pass"],
    );
  });
  it("from scratch is known where it inherits nothing", async () => {
    const { assessment } = await assessed(
      file("scratch/app.Dockerfile", 'FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\n'),
    );
    const { findings } = assessment;
    expect(["runs-as-root", "missing-health-check", "base-floating"].map((check) => statusOf(findings, check))).toEqual(
      ["fail", "fail", "not-applicable"],
    );
  });
  it("that no builder takes is an error, and in a folder keeps no other from being assessed", async () => {
    const broken = file("some/broken/Dockerfile", "INSTALL x\n");
    file("some/Dockerfile.good", "FROM debian:12\nUSER root\n");
    file("some/Dockerfile.dockerignore", "x\n");
    await expect(assessed(broken)).rejects.toThrow(/line 1: INSTALL is no instruction/);
    const { assessment } = await assessed(join(folder, "some"));
    expect(failed(assessment.findings)).toContain("runs-as-root 2");
    expect(assessment.snapshot.content.targets.map(({ name }) => name.slice(folder.length + 1))).toEqual([
      "some/Dockerfile.good",
      "some/broken/Dockerfile",
    ]);
    expect(assessment.findings.some(({ reason }) => reason?.includes("INSTALL"))).toBe(true);
  });
});

describe("a hostile Dockerfile is judged in bounded time", () => {
  it.each([
    ["many installs", `RUN ${"apt-get install a;".repeat(6_000)}`],
    ["many upgrades through sudo", `RUN ${"sudo apt-get upgrade && \\\n".repeat(4_000)} true`],
    ["many versions", `RUN apt-get install ${Array.from({ length: 10_000 }, (_, at) => `gcc=${at}`).join(" ")}`],
    ["many removals", `RUN apt-get install a; ${"rm ".repeat(40_000)}`],
    ["many modes", `RUN ${"chmod 4777 /a;".repeat(8_000)}`],
    ["much white space", `RUN a${" ".repeat(120_000)}b`],
    ["one long word", `RUN ${"a/".repeat(60_000)}.ssh/authorized_keys`],
    ["many secrets", `ENV ${Array.from({ length: 2_500 }, (_, at) => `TOKEN_${at}=k3Jq8Xw2Lm5Vt9Zb${at}`).join(" ")}`],
    ["many curls", `RUN ${"curl a | ".repeat(8_000)} sh`],
    ["shells in shells", `RUN ${'sh -c "'.repeat(12_000)}`],
    ["many arguments", `ARG ${Array.from({ length: 4_000 }, (_, at) => `TOKEN_${at}`).join(" ")}`],
  ])("%s", { timeout: 30_000 }, async (name, text) => {
    const path = file(`hostile/${name.replaceAll(" ", "-")}/Dockerfile`, `FROM debian:12\n${text}\n`);
    const { assessment } = await assessed(path);
    expect(assessment.findings.length).toBeGreaterThan(0);
  });
});

describe("a folder", () => {
  it("with Dockerfiles and manifests is assessed as both, each alone as itself", async () => {
    file("both/Dockerfile", "FROM a\n");
    file("both/k8s/app.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: { name: web }\n");
    file("both/package.json", "{}");
    file("only/web.Dockerfile", "FROM a\n");
    file("only/package.json", "{}");
    const kinds = async (path: string) => (await wantedFrom(join(folder, path), [], "/")).map(({ kind }) => kind);
    expect(await kinds("both")).toEqual(["cluster", "image"]);
    expect(await kinds("only")).toEqual(["image"]);
    expect(await kinds("both/k8s")).toEqual(["cluster"]);
  });
  it("without a Dockerfile is told so", async () => {
    file("none/a.txt", "");
    await expect(assessed(`dockerfile:${join(folder, "none")}`)).rejects.toThrow(/holds no Dockerfile/);
    await expect(assessed(`dockerfile:${join(folder, "absent")}`)).rejects.toThrow(/cannot open/);
  });
});

it("reports carry the line: SARIF, GitHub, JSON, Markdown and CSV", async () => {
  const path = file("report/Dockerfile", "FROM debian:12\n\nUSER root\n");
  const { assessment, checks } = await assessed(path);
  const input = {
    assessment,
    checks,
    gate: decide(assessment, policy.gate),
    guide: guideText,
    settings: policy.settings,
    version: "0.0.0",
  };
  const text = (id: string) => reporters.get(id)!.render(input);
  const sarif = JSON.parse(text("sarif")) as {
    runs: { results: { ruleId: string; kind: string; locations: { physicalLocation: { region?: object } }[] }[] }[];
  };
  const root = sarif.runs[0]?.results.find(({ ruleId, kind }) => ruleId === "image/runs-as-root" && kind === "fail");
  expect(root?.locations[0]?.physicalLocation.region).toMatchObject({ startLine: 3 });
  expect(text("github")).toMatch(/::error file=[^,]+report\/Dockerfile,line=3,title=high%3A Image runs as root/);
  for (const id of ["json", "markdown", "terminal", "html"]) expect(text(id), id).toContain("report/Dockerfile");
  for (const id of ["markdown", "terminal"]) expect(text(id), id).toContain("report/Dockerfile:3");
});
