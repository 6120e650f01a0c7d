import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { osvDocument, scratchFolder, writeFiles } from "../advisories/feed.fixture.ts";
import { buildAdvisories } from "../advisories/file/build.ts";
import { openAdvisories } from "../advisories/open.ts";
import { publishFile } from "../advisories/publish.ts";
import { findFeeds } from "../advisories/sources/feed-source.ts";
import type { AdvisoryStore } from "../advisories/store.ts";
import imageCheck from "../checks/image/malicious-package.ts";
import { derive } from "../core/derivation.ts";
import { defaultSettings } from "../core/settings.ts";
import { Missing, Snapshot } from "../core/snapshot.ts";
import { imageMaliciousPackages } from "../facts/image/malicious-packages.ts";
import malicious from "./image/malicious-packages.ts";
import matching from "./image/vulnerabilities.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const subject = "image/sha256:1";

function snapshotOf(...names: readonly string[]): Snapshot {
  const packages = names.map((name) => {
    const [, type = "", plain = "", version = ""] = /^(\w+):(.+)@(.+)$/.exec(name) ?? [];
    return {
      name: plain,
      version,
      type,
      purl: `pkg:${type}/${plain}@${version}`,
      foundIn: [`/app/${plain}`],
      layer: 2,
    };
  });
  return new Snapshot({
    tool: "test",
    created: "2026-01-01T00:00:00Z",
    targets: [],
    observations: [
      { fact: "image/packages", subject, source: "test", value: { packages, databases: [] } },
      { fact: "image/os-release", subject, source: "test", unavailable: "none" },
    ],
  });
}

async function judged(advisories: AdvisoryStore | undefined, ...names: readonly string[]) {
  const snapshot = await derive([malicious, matching], snapshotOf(...names), { advisories });
  const packages = snapshot.find(imageMaliciousPackages, subject);
  if (packages instanceof Missing) return { status: "missing", reason: packages.reason, remedy: packages.remedy };
  return imageCheck.evaluate(
    { packages },
    { now: new Date("2026-01-01"), settings: defaultSettings, params: undefined },
  );
}

describe.each(["raw feeds", "a built file"])("malicious packages by %s", (form) => {
  let advisories: AdvisoryStore;
  beforeAll(async () => {
    const folder = writeFiles(join(scratch, form), {
      "npm-mal/MAL-2024-1.json": osvDocument("MAL-2024-1", "npm", "evil", undefined, { summary: "Malicious code" }),
      "npm-mal/MAL-2024-2.json": JSON.stringify({
        id: "MAL-2024-2",
        modified: "2024-05-06T07:08:09Z",
        aliases: ["GHSA-aaaa-bbbb-cccc"],
        affected: [{ package: { ecosystem: "npm", name: "taken-over" }, versions: ["4.5.6"] }],
      }),
      "ghsa_npm/GHSA-0001-aaaa-bbbb.json": osvDocument("GHSA-0001-aaaa-bbbb", "npm", "flawed", "2.0.0"),
      "ghsa_pip/GHSA-0002-aaaa-bbbb.json": osvDocument("GHSA-0002-aaaa-bbbb", "PyPI", "flawed", "2.0.0"),
    });
    if (form === "a built file") {
      const file = join(scratch, "advisories.plim");
      await publishFile(await buildAdvisories(await findFeeds(folder)), file);
      advisories = await openAdvisories(file);
    } else advisories = await openAdvisories(folder);
  });

  it("are findings with report, path and layer, and not for being vulnerable alone", async () => {
    expect(await judged(advisories, "npm:evil@1.0.0", "npm:flawed@1.0.0", "npm:fine@1.0.0")).toMatchObject({
      status: "fail",
      evidence: [
        {
          at: "/app/evil",
          layer: 2,
          key: "evil@1.0.0 MAL-2024-1",
          found: "evil 1.0.0 is malware (MAL-2024-1)",
          details: { kind: "malicious-package", id: "MAL-2024-1", advisory: { source: "malicious-packages" } },
        },
      ],
    });
  });
  it("are those versions alone that the report names, where it names some", async () => {
    expect(await judged(advisories, "npm:taken-over@4.5.6")).toMatchObject({
      status: "fail",
      evidence: [{ key: "taken-over@4.5.6 MAL-2024-2" }],
    });
    expect(await judged(advisories, "npm:taken-over@4.5.5")).toMatchObject({ status: "pass" });
  });
  it("are unknown for registries whose reports are not there, though their advisories are", async () => {
    expect(await judged(advisories, "npm:fine@1.0.0", "pypi:fine@1.0.0")).toMatchObject({
      status: "unknown",
      reason: expect.stringMatching(/no reports of malicious packages for 1 pypi packages/),
      remedy: expect.stringMatching(/OSV/),
    });
  });
  it("are no question where nothing comes from an open registry", async () => {
    expect(await judged(advisories, "apk:musl@1.0.0")).toMatchObject({ status: "not-applicable" });
  });
});

it("are unknown without advisory data", async () => {
  expect(await judged(undefined, "npm:evil@1.0.0")).toMatchObject({
    status: "missing",
    reason: "no advisory data was given",
    remedy: expect.stringContaining("--advisories"),
  });
});
