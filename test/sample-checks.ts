import { z } from "zod";
import { type Check, defineCheck, failEach, notApplicable } from "../src/core/check.ts";
import { defineFact } from "../src/core/fact.ts";

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
/** The vulnerable packages of an image. */
export const vulnerabilities = defineFact({
  id: "sample/vulnerabilities",
  summary: "the vulnerabilities in the image",
  obtain: "give advisories: --advisories PATH",
  schema: Vulnerable,
});
/** The user that an image runs as. */
export const user = defineFact({
  id: "sample/user",
  summary: "the user that the image runs as",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({ user: z.string(), file: z.string().optional(), line: z.number().optional() }),
});
/** The secrets in an image. */
export const secrets = defineFact({
  id: "sample/secrets",
  summary: "clear text secrets in the image",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.array(z.object({ path: z.string(), kind: z.string(), masked: z.string(), layer: z.number() })),
});
/** What a container mounts. */
export const mounts = defineFact({
  id: "sample/mounts",
  summary: "what the container mounts",
  obtain: "plimsoll assess container",
  schema: z.object({
    runs: z.enum(["linux", "windows"]),
    mounts: z.array(z.object({ source: z.string(), file: z.string(), line: z.number() })),
  }),
});
/** How a registry is reached. */
export const transport = defineFact({
  id: "sample/transport",
  summary: "how the registry is reached",
  obtain: "plimsoll assess registry HOST",
  schema: z.object({ url: z.string(), protocol: z.string() }),
});
/** Whether an API server answers without credentials. */
export const anonymous = defineFact({
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
            expected:
              item.fixedVersion === undefined
                ? "a version without it; none is published yet"
                : `${item.fixedVersion} or later`,
            key: `${item.package}@${item.version} ${item.id}`,
            severity: item.severity,
            fix:
              item.fixedVersion === undefined
                ? "No fixed version is published yet."
                : `Update ${item.package} to ${item.fixedVersion}.`,
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
      examples: {
        pass: [{ found: [] }],
        fail: [{ found: [{ package: "a", version: "1", id: "CVE-2025-1", severity: "high", layer: 0 }] }],
      },
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
          found.map((item) => ({
            at: item.path,
            found: `${item.kind} ${item.masked}`,
            expected: "no secret",
            key: item.path,
            layer: item.layer,
          })),
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
      evaluate: ({ registry }) =>
        failEach(registry.protocol === "http" ? [{ at: registry.url, found: "http", expected: "https" }] : [], {
          at: registry.url,
          found: registry.protocol,
        }),
      examples: {
        pass: [{ registry: { url: "a", protocol: "https" } }],
        fail: [{ registry: { url: "a", protocol: "http" } }],
      },
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
      evaluate: ({ access }) =>
        failEach(access.allowed ? [{ at: "/api", found: true, expected: false }] : [], { at: "/api", found: false }),
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
          bad.map((mount) => ({
            at: "services.ci.volumes",
            found: mount.source,
            expected: "no engine socket",
            key: mount.source,
            location: { file: mount.file, line: mount.line },
          })),
          { at: "services.ci.volumes", found: "no engine socket" },
        );
      },
      examples: {
        pass: [{ container: { runs: "linux", mounts: [] } }],
        fail: [{ container: { runs: "linux", mounts: [{ source: "docker.sock", file: "f", line: 1 }] } }],
      },
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
      evaluate: ({ container }) =>
        container.runs === "windows"
          ? notApplicable("a Windows container")
          : notApplicable("the container asks for no capability"),
      examples: {
        pass: [{ container: { runs: "linux", mounts: [] } }],
        fail: [{ container: { runs: "linux", mounts: [] } }],
      },
    }),
  ],
]);
