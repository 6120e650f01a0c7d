import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/* Images built by buildah of Dockerfiles, assessed by the program as people call it: whose layer it is, what to rebuild on and in which order, and no secret in what is written. */

const program = fileURLToPath(new URL("../../bin/plimsoll", import.meta.url));
const programs = ["buildah", "podman", "skopeo", "busybox"];
const missing = programs.filter((name) => spawnSync("which", [name]).status !== 0);
const isReady = process.getuid?.() === 0 && missing.length === 0;
const folder = isReady ? mkdtempSync(join(tmpdir(), "built-images-")) : "";
const environment = {
  ...process.env,
  CONTAINERS_STORAGE_CONF: join(folder, "storage.conf"),
  CONTAINERS_CONF: join(folder, "containers.conf"),
  PODMAN_IGNORE_CGROUPSV1_WARNING: "1",
  XDG_CACHE_HOME: join(folder, "cache"),
};

/** Made at run time, so that no file of ours holds one. */
function madeUp(prefix: string, length: number): string {
  return prefix + createHash("sha256").update(`${prefix} ${process.pid}`).digest("hex").slice(0, length);
}
const argumentToken = madeUp("np" + "m_", 36);
const fileToken = madeUp("gh" + "p_", 36);
const labelToken = madeUp("gl" + "pat-", 20);
const password = "Tr0ub4dor-and-three";

function run(name: string, words: readonly string[], cwd = folder): string {
  return execFileSync(name, words, { cwd, env: environment, stdio: ["ignore", "pipe", "ignore"] }).toString();
}

function build(tag: string, dockerfile: string, ...options: string[]): void {
  const context = join(folder, "context");
  writeFileSync(join(context, "Dockerfile"), dockerfile);
  run(
    "buildah",
    ["bud", "--quiet", "--isolation", "chroot", "-t", `registry.example/${tag}`, ...options, "."],
    context,
  );
}

function save(tag: string, as: string): string {
  const path = join(folder, `${tag.replace(/\W/g, "-")}-${as}.tar`);
  const reference = `registry.example/${tag}`;
  run("skopeo", ["copy", "-q", `containers-storage:${reference}`, `${as}:${path}:${reference}`]);
  return path;
}

interface Report {
  readonly findings: readonly {
    readonly id: string;
    readonly check: string;
    readonly status: string;
    readonly evidence: readonly {
      readonly at: string;
      readonly found: string;
      readonly details?: { readonly placement?: Record<string, unknown>; readonly removed?: boolean };
    }[];
  }[];
  readonly rebuildOrder?: readonly { readonly name: string; readonly step: number }[];
}

function assess(images: readonly string[], reports: string): { text: string; report: Report } {
  const text = run(process.execPath, [
    program,
    "assess",
    "image",
    ...images,
    "--exit-code",
    "0",
    "--report-dir",
    reports,
  ]);
  return { text, report: JSON.parse(readFileSync(join(reports, "report.json"), "utf8")) as Report };
}

beforeAll(() => {
  if (!isReady) return;
  writeFileSync(
    join(folder, "storage.conf"),
    `[storage]\ndriver="vfs"\ngraphroot="${folder}/storage"\nrunroot="${folder}/run"\n`,
  );
  writeFileSync(
    join(folder, "containers.conf"),
    '[containers]\ndefault_ulimits=["nofile=1024:20000","nproc=1024:2048"]\n',
  );
  const context = join(folder, "context");
  mkdirSync(context);
  writeFileSync(join(context, "token.env"), `TOKEN=${fileToken}\n`);
  writeFileSync(join(context, "app"), "app\n");
  execFileSync("cp", [execFileSync("which", ["busybox"]).toString().trim(), join(context, "busybox")]);
  build("base:1", 'FROM scratch\nCOPY busybox /bin/sh\nCMD ["/bin/sh"]\n', "--layers", "--timestamp", "1700000000");
  build("runtime:1", "FROM registry.example/base:1\nCOPY app /runtime\n", "--layers");
  build("tool:1", "FROM registry.example/base:1\nCOPY app /tool\n", "--layers");
  build(
    "shop:1",
    "FROM registry.example/tool:1 AS tool\nFROM registry.example/runtime:1\nCOPY --from=tool /tool /tool\n",
    "--layers",
  );
  const faults = `FROM registry.example/base:1
ARG NPM_TOKEN
ENV DB_PASSWORD=${password}
LABEL deploy.note=${labelToken}
COPY token.env /app/token.env
RUN rm /app/token.env
RUN echo "$NPM_TOKEN $DB_PASSWORD" > /dev/null
COPY --chmod=4755 app /usr/bin/become
CMD ["serve", "--password", "${password}"]
`;
  build("faults:1", faults, "--layers", "--build-arg", `NPM_TOKEN=${argumentToken}`);
  build("flat:1", faults, "--build-arg", `NPM_TOKEN=${argumentToken}`);
}, 120_000);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!isReady)(
  `an image that buildah built (needs root and ${missing.join(", ") || "nothing else"})`,
  () => {
    const placementsOf = (report: Report, check: string) =>
      report.findings
        .filter((one) => one.check === check && one.status === "fail")
        .flatMap(({ evidence }) =>
          evidence.map(({ at, details }) => [at.replace(/:\d+$/, ""), details?.placement] as const),
        );

    it("has its base by the annotation that buildah writes, and by its note in the history where an archive has no annotations", () => {
      for (const [as, shownBy] of [
        ["oci-archive", "annotation"],
        ["docker-archive", "history"],
      ] as const) {
        const { text } = assess([save("faults:1", as)], join(folder, `base-${as}`));
        expect(text).toMatch(new RegExp(`Base +registry\\.example/base:1 \\(shown by its ${shownBy}\\)`));
        expect(text).toMatch(/Lineage +1 layer of registry\.example\/base:1 \(not scanned/);
      }
    }, 120_000);

    it("shows each secret with its layer and instruction, the removed one too, and writes none of them anywhere", () => {
      const reports = join(folder, "faults");
      const { report, text } = assess([save("faults:1", "oci-archive")], reports);
      const secrets = report.findings.filter((one) => one.check === "image/embedded-secret" && one.status === "fail");
      const places = secrets.flatMap(({ evidence }) =>
        evidence.map(({ at, details }) => [at.replace(/:\d+$/, ""), details?.removed]),
      );
      expect(places).toEqual(
        expect.arrayContaining([
          ["/app/token.env", true],
          ["NPM_TOKEN", false],
          ["DB_PASSWORD", false],
          ["deploy.note", false],
        ]),
      );
      const [, placed] = placementsOf(report, "image/embedded-secret").find(([at]) => at === "/app/token.env")!;
      expect(placed).toMatchObject({
        origin: "own",
        base: "registry.example/base:1",
        instruction: expect.stringMatching(/COPY file:\w+ in \/app\/token\.env/),
      });
      expect(placementsOf(report, "image/privilege-escalation-files")).toContainEqual([
        "/usr/bin/become",
        expect.objectContaining({
          origin: "own",
          instruction: expect.stringMatching(/COPY file:\w+ in \/usr\/bin\/become/),
        }),
      ]);
      const id = secrets.find(({ evidence }) => evidence[0]!.at.startsWith("/app/token.env"))!.id;
      const explained = run(process.execPath, [program, "explain", id, "--from", reports]);
      expect(explained).toMatch(
        /layer +2 of \d, added to the base\n +made by +COPY file:[0-9a-f]{8}… in \/app\/token\.env\n +base +registry\.example\/base:1/,
      );
      const written = [text, explained, ...filesBelow(reports), ...filesBelow(join(folder, "cache"))];
      expect(written.length).toBeGreaterThan(6);
      for (const secret of [argumentToken, fileToken, labelToken, password])
        expect(written.filter((one) => one.includes(secret))).toEqual([]);
    }, 120_000);

    it("of one layer for all its steps names every step that brought files", () => {
      const { report } = assess([save("flat:1", "oci-archive")], join(folder, "flat"));
      const [, placed] = placementsOf(report, "image/privilege-escalation-files").find(
        ([at]) => at === "/usr/bin/become",
      )!;
      expect(placed).toMatchObject({ layer: 1, layers: 2, origin: "own" });
      expect(placed!["instruction"]).toMatch(/COPY file:\w+ in \/app\/token\.env .*rm \/app\/token\.env/);
      expect(placed!["instruction"]).not.toContain("CMD");
    }, 120_000);

    it("is rebuilt after its base, and only for a newer build of it, over a chain and two branches", () => {
      const old = save("base:1", "docker-archive");
      const derived = ["shop:1", "tool:1", "runtime:1"].map((tag) => save(tag, "docker-archive"));
      const before = assess([...derived, old], join(folder, "before"));
      expect(before.text).not.toContain("is newer");
      run("podman", ["untag", "registry.example/base:1"]);
      build("base:1", 'FROM scratch\nCOPY app /patched\nCOPY busybox /bin/sh\nCMD ["/bin/sh"]\n', "--layers");
      const newer = join(folder, "newer.tar");
      run("skopeo", [
        "copy",
        "-q",
        "containers-storage:registry.example/base:1",
        `docker-archive:${newer}:registry.example/base:1`,
      ]);
      const { text } = assess([...derived, newer, old], join(folder, "after"));
      const order = text.slice(text.indexOf("Rebuild order"), text.indexOf("Could not be judged"));
      const steps = [...order.matchAll(/^ +(\d) {2}registry\.example\/([a-z]+:1)/gm)].map(([, step, name]) => [
        Number(step),
        name,
      ]);
      expect(steps).toEqual([
        [1, "base:1"],
        [2, "runtime:1"],
        [2, "tool:1"],
        [3, "shop:1"],
      ]);
      expect(order).toMatch(/shop:1 on registry\.example\/runtime:1: rebuild/);
    }, 120_000);

    /** The text of every file below a folder, unpacked where it is gzip. */
    function filesBelow(path: string): string[] {
      if (!existsSync(path)) return [];
      if (!statSync(path).isDirectory()) {
        const bytes = readFileSync(path);
        return [
          bytes[0] === 0x1f
            ? execFileSync("gzip", ["-dc", path], { maxBuffer: 2 ** 28 }).toString("latin1")
            : bytes.toString("latin1"),
        ];
      }
      return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
    }
  },
);
