import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { guideText } from "../../src/catalog/guide-text.ts";
import { collectAll } from "../../src/cli/collection.ts";
import { judgeSnapshot, withDerived } from "../../src/cli/judging.ts";
import { earlierImages, rememberAssessed } from "../../src/cli/lineage-memory.ts";
import { Progress } from "../../src/cli/progress.ts";
import { openResources } from "../../src/cli/resources.ts";
import { wantedFrom } from "../../src/cli/targets.ts";
import { knownImagesFolder } from "../../src/collectors/known-images.ts";
import type { Assessment } from "../../src/core/assessment.ts";
import { Missing, Snapshot } from "../../src/core/snapshot.ts";
import { imageRenewal } from "../../src/facts/image/renewal.ts";
import { decide } from "../../src/policy/gate.ts";
import { defaultPolicy } from "../../src/policy/policy-file.ts";
import { imagesOf } from "../../src/reporters/html/images.ts";
import { reporters } from "../../src/reporters/index.generated.ts";
import { apkDatabase, type MadeLayer, writeMadeImage } from "../made-images.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-lineage-"));
const advisories = fileURLToPath(new URL("../../examples/advisories", import.meta.url));
const archive = (name: string) => join(folder, `${name}.tar`);
const progress = new Progress({ quiet: true });

const system = { "etc/os-release": "ID=alpine\nVERSION_ID=3.11.5\n" };
const old = ["musl 1.1.24-r2", "busybox 1.31.1-r9", "libssl1.1 1.1.1d-r3 openssl"];
const base: MadeLayer = {
  createdBy: "/bin/sh -c #(nop) ADD file:old in / ",
  files: { ...system, "lib/apk/db/installed": apkDatabase(...old) },
};
const renewed: MadeLayer = {
  createdBy: "/bin/sh -c #(nop) ADD file:new in / ",
  files: {
    ...system,
    "lib/apk/db/installed": apkDatabase("musl 1.1.24-r2", "busybox 1.31.1-r11", "libssl1.1 1.1.1l-r0 openssl"),
  },
};
const runtime: MadeLayer = {
  createdBy: "RUN /bin/sh -c apk add zlib # buildkit",
  files: { "lib/apk/db/installed": apkDatabase(...old, "zlib 1.2.11-r3") },
};
const app: MadeLayer = {
  createdBy: "COPY settings /app/settings # buildkit",
  files: { "app/settings.env": "DB_PASSWORD=k3Jq8Xw2Lm5Vt9Zb\n" },
};

beforeAll(async () => {
  const layers = { "base-old": [base], "base-new": [renewed], runtime: [base, runtime], shop: [base, runtime, app] };
  const references = ["alpine:3.11", "alpine:3.11", "example/runtime:1", "example/shop:1"];
  for (const [index, [name, list]] of Object.entries(layers).entries())
    await writeMadeImage(archive(name), {
      reference: references[index]!,
      created: `2025-0${name === "base-new" ? 9 : index + 1}-01T00:00:00Z`,
      layers: list,
    });
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function assessed(names: readonly string[], cache = false, withAdvisories = true) {
  const wanted = await wantedFrom("image", names.map(archive), "/");
  const options = { platform: undefined, cache, offline: true, progress, signal: new AbortController().signal };
  const { content, store } = await collectAll(wanted, options);
  const resources = {
    ...(await openResources(withAdvisories ? { advisories } : {}, progress)),
    ...(await earlierImages(wanted, options)),
  };
  const snapshot = await withDerived(new Snapshot(content), resources, true);
  const { assessment, checks } = judgeSnapshot(snapshot, { policy: defaultPolicy });
  await store?.(assessment);
  await rememberAssessed(snapshot, wanted, options, progress);
  return { assessment, checks };
}

const subjectOf = ({ snapshot }: Assessment, name: string) =>
  snapshot.content.targets.find((target) => target.name === name)!.subject;

function renewalOf(assessment: Assessment, name: string): z.output<typeof imageRenewal.schema> | string {
  const found = assessment.snapshot.find(imageRenewal, subjectOf(assessment, name));
  return found instanceof Missing ? found.reason : found;
}

/** `key: remedy` of what fails of an image, vulnerabilities only. */
const answers = (assessment: Assessment, name: string) =>
  assessment.findings
    .filter(
      ({ check, status, subject }) =>
        check === "image/vulnerable-package" && status === "fail" && subject === subjectOf(assessment, name),
    )
    .map(({ key, evidence }) => `${key.replace(/@\S+/, "")}: ${String(evidence[0]?.details?.["remedy"])}`)
    .sort();

const rebuilt = [
  "busybox CVE-2021-28831",
  "busybox CVE-2021-42374",
  "busybox CVE-2021-42386",
  "libssl1.1 CVE-2020-1967",
  "libssl1.1 CVE-2021-3449",
  "libssl1.1 CVE-2021-3450",
  "libssl1.1 CVE-2021-3711",
  "libssl1.1 CVE-2021-3712",
];

describe("a base, what is built on it and its newer build", () => {
  it("places every finding and answers it, with what the rebuild removes", async () => {
    const { assessment } = await assessed(["base-old", "base-new", "runtime", "shop"]);
    expect(renewalOf(assessment, "example/shop:1")).toMatchObject({
      base: { name: "alpine:3.11", layers: 1 },
      newer: { name: "alpine:3.11", created: "2025-09-01T00:00:00.000Z" },
      through: [{ name: "example/runtime:1" }],
      removes: rebuilt,
      keeps: 1,
      brings: 0,
    });
    expect(answers(assessment, "example/shop:1")).toEqual(
      [...rebuilt.map((key) => `${key}: rebuild`), "musl CVE-2020-28928: update", "zlib CVE-2022-37434: update"].sort(),
    );
    const about = subjectOf(assessment, "example/shop:1");
    const placementOf = (word: string) =>
      assessment.findings.find(
        ({ subject, key, status }) => status === "fail" && subject === about && key.includes(word),
      )?.evidence[0]?.details?.["placement"];
    expect(placementOf("CVE-2021-3711")).toEqual({
      origin: "base",
      layer: 0,
      layers: 3,
      instruction: "/bin/sh -c #(nop) ADD file:old in /",
      base: "alpine:3.11",
    });
    expect(placementOf("zlib")).toMatchObject({
      origin: "base",
      layer: 1,
      instruction: runtime.createdBy,
      base: "example/runtime:1",
    });
    expect(placementOf("settings.env")).toMatchObject({ origin: "own", layer: 2, instruction: app.createdBy });
    const fix = assessment.findings.find(({ subject, key }) => subject === about && key.includes("CVE-2021-3711"))?.fix;
    expect(fix).toBe(
      "rebuild on alpine:3.11 of 2025-09-01, example/runtime:1 first: removes 8 findings here, 16 in 2 images built on it",
    );
  });
  it("gives the order of rebuilding in every report", async () => {
    const { assessment, checks } = await assessed(["shop", "runtime", "base-new", "base-old"]);
    const input = {
      assessment,
      checks,
      gate: decide(assessment, defaultPolicy.gate),
      guide: guideText,
      settings: defaultPolicy.settings,
      version: "0.0.0",
    };
    const text = (id: string) => reporters.get(id)!.render(input);
    const { rebuildOrder } = JSON.parse(text("json")) as {
      rebuildOrder: { step: number; name: string; needsRebuild: boolean }[];
    };
    expect(rebuildOrder.map(({ step, name, needsRebuild }) => `${step} ${name} ${needsRebuild}`)).toEqual([
      "1 alpine:3.11 false",
      "2 example/runtime:1 true",
      "3 example/shop:1 true",
    ]);
    const steps = [
      /2[: ]+example\/runtime:1 on alpine:3\.11: rebuild \(alpine:3\.11 is newer\), removes 8 findings/,
      /3[: ]+example\/shop:1 on example\/runtime:1: rebuild \(alpine:3\.11 is newer\), removes 8 findings/,
    ];
    expect(imagesOf(assessment.snapshot).find(({ name }) => name === "example/shop:1")).toMatchObject({
      base: "example/runtime:1",
      shownBy: "layers",
      baseLayers: 2,
    });
    for (const id of ["terminal", "markdown"]) {
      const plain = text(id).replace(/\s+/g, " ").replaceAll("&#58;", ":");
      expect(plain).toContain("Rebuild order, base before derived");
      for (const step of steps) expect(plain, id).toMatch(step);
    }
  });
  it("does not know what a newer base removes that nobody scanned", async () => {
    const { assessment } = await assessed(["base-old", "runtime"]);
    expect(renewalOf(assessment, "example/runtime:1")).toMatch(/no newer build of alpine:3.11 was scanned/);
    expect(answers(assessment, "example/runtime:1")).toContain("libssl1.1 CVE-2021-3711: rebuild");
    expect(answers(assessment, "example/runtime:1")).toContain("zlib CVE-2022-37434: update");
    const finding = assessment.findings.find(
      ({ subject, key }) => subject === subjectOf(assessment, "example/runtime:1") && key.includes("CVE-2021-3711"),
    );
    expect(finding?.fix).toMatch(
      /^rebuild on a newer alpine:3\.11: not scanned yet, so unknown how many this removes; or apk upgrade libssl1\.1/,
    );
  });
  it("is unknown without advisory data", async () => {
    const { assessment } = await assessed(["base-old", "base-new", "runtime"], false, false);
    expect(renewalOf(assessment, "example/runtime:1")).toMatch(/no advisory data/);
  });
});

describe("images of earlier runs", () => {
  it("are recognised as bases and as newer builds, each run with one image", async () => {
    const cache = mkdtempSync(join(folder, "cache-"));
    vi.stubEnv("PLIMSOLL_CACHE", cache);
    await assessed(["base-old"], true, false);
    const first = await assessed(["runtime"], true);
    expect(renewalOf(first.assessment, "example/runtime:1")).toMatch(/no newer build of alpine:3.11 was scanned/);
    await assessed(["base-new"], true, false);
    const { assessment } = await assessed(["shop"], true);
    expect(renewalOf(assessment, "example/shop:1")).toMatchObject({
      base: { name: "alpine:3.11", layers: 1, assessed: expect.any(String) },
      newer: { created: "2025-09-01T00:00:00.000Z", assessed: expect.any(String) },
      through: [{ name: "example/runtime:1" }],
      removes: rebuilt,
      keeps: 1,
    });
    // Judging it again changes nothing: what is kept of an image is not a relative of its own.
    const again = await assessed(["shop"], true);
    expect(renewalOf(again.assessment, "example/shop:1")).toMatchObject({ removes: rebuilt, keeps: 1 });
  });
  it("that are kept in damaged files are not recognised, and stop nothing", async () => {
    const cache = mkdtempSync(join(folder, "cache-"));
    vi.stubEnv("PLIMSOLL_CACHE", cache);
    await assessed(["base-old"], true, false);
    const notes = knownImagesFolder(join(cache, "layers"));
    for (const name of readdirSync(notes)) writeFileSync(join(notes, name), "{");
    const { assessment } = await assessed(["runtime"], true);
    expect(renewalOf(assessment, "example/runtime:1")).toBe("its base was not scanned");
  });
  it("are forgotten when what was stored of them is gone, and not kept without a cache", async () => {
    const cache = mkdtempSync(join(folder, "cache-"));
    vi.stubEnv("PLIMSOLL_CACHE", cache);
    await assessed(["base-old"], true, false);
    expect(readdirSync(join(cache, "lineage"))).toHaveLength(1);
    rmSync(join(cache, "images"), { recursive: true });
    const { assessment } = await assessed(["runtime"], true);
    expect(renewalOf(assessment, "example/runtime:1")).toBe("its base was not scanned");
    rmSync(join(cache, "lineage"), { recursive: true });
    await assessed(["base-old"], false, false);
    expect(readdirSync(cache)).not.toContain("lineage");
  });
});
