import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { osvDocument, writeFiles } from "../advisories/feed.fixture.ts";
import { StoredImages } from "../collectors/stored-images.ts";
import { type FixtureLayer, fixtureLayer, LayoutFixture } from "../formats/image-archive/archive-fixture.ts";
import { program } from "./program.ts";

const tool = "#!/bin/sh\nexec /bin/true\n";
const digest = createHash("sha256").update(tool).digest("hex");
const base = fixtureLayer({ "etc/os-release": "ID=debian\nVERSION_ID=12\n", "opt/tool": tool });
const app = fixtureLayer({
  "app/node_modules/evil/package.json": JSON.stringify({ name: "evil", version: "1.0.0" }),
  "app/word": "the marker word",
});
const hasYara = (() => {
  try {
    return createRequire(import.meta.url)("@litko/yara-x") !== undefined;
  } catch {
    return false;
  }
})();

let folder = "";
let printed = "";
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-rescan-"));
  vi.stubEnv("PLIMSOLL_CACHE", at("cache"));
  vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
    printed += String(text);
    rest.find((argument): argument is () => void => typeof argument === "function")?.();
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<string> {
  printed = "";
  process.exitCode = undefined;
  await program().parseAsync(["node", "plimsoll", ...args, "-q"]);
  return printed;
}

function save(name: string, layers: readonly FixtureLayer[]): string {
  const layout = new LayoutFixture();
  layout.setIndex([layout.addImage(layers)]);
  writeFileSync(at(name), layout.tar());
  return at(name);
}

/** Assesses an image and takes it away: what is read of it later could come from nowhere. */
async function assessAndRemove(name: string, layers: readonly FixtureLayer[], ...args: string[]): Promise<void> {
  await run("assess", "image", save(name, layers), "--no-report-dir", "-f", "json", "-o", at("report.json"), ...args);
  rmSync(at(name));
}

function feeds(name: string, ...reports: string[]): string {
  return writeFiles(at(name), {
    "npm-mal/MAL-2024-9.json": osvDocument("MAL-2024-9", "npm", "other", undefined),
    ...Object.fromEntries(reports.map((id) => [`npm-mal/${id}.json`, osvDocument(id, "npm", "evil", undefined)])),
  });
}

interface Rescanned {
  readonly images: readonly {
    readonly name: string;
    readonly newFindings: readonly { readonly check: string; readonly key: string }[];
    readonly resolved: number;
    readonly pulls: readonly { readonly layer: number; readonly why: string }[];
  }[];
}
async function rescan(...args: string[]): Promise<Rescanned["images"]> {
  return (JSON.parse(await run("rescan", "-f", "json", ...args)) as Rescanned).images;
}

describe("rescan", () => {
  it("finds what new lists and new reports name in images that are no longer there, once", async () => {
    await assessAndRemove("app.tar", [base, app], "--advisories", feeds("old"));
    writeFileSync(at("list.txt"), `${digest} Bad.Tool\n`);
    const args = ["--advisories", feeds("new", "MAL-2024-1"), "--hash-list", at("list.txt")];
    const [image] = await rescan(...args, "--no-record");
    expect(process.exitCode).toBe(1);
    expect(image?.newFindings.map(({ check, key }) => `${check} ${key}`).sort()).toEqual([
      "image/malicious-package evil@1.0.0 MAL-2024-1",
      "image/malware-found /opt/tool listed-digest",
      "image/vulnerable-package evil@1.0.0 MAL-2024-1",
    ]);
    expect(image?.pulls).toEqual([]);
    expect(await run("rescan", ...args)).toMatch(
      /app\.tar {2}last assessed .*\n(?:.*\n)* {2}new {2}critical {2}image\/malware-found {2}\/opt\/tool: Known malware: Bad\.Tool/,
    );
    expect(printed).toMatch(/ {2}new {2}\w+ +image\/vulnerable-package {2}MAL-2024-1 {2}evil@1\.0\.0 no fix yet\n/);
    const [again] = await rescan(...args);
    expect(again?.newFindings).toEqual([]);
    expect(process.exitCode).toBe(0);
    // The assessment, the rescan that printed text, and the last one: the one without a record left none.
    const { images } = await new StoredImages(at("cache/images")).read();
    expect(images[0]?.history).toHaveLength(3);
  });

  it("says that vulnerabilities are not judged where there is no advisory data, then and now", async () => {
    await assessAndRemove("app.tar", [base, app]);
    expect(await run("rescan")).toMatch(
      /now without advisory data\n {2}nothing new; vulnerabilities are not judged: give --advisories PATH/,
    );
  });

  it("tells what is resolved, and keeps what a list found when no list is given", async () => {
    writeFileSync(at("list.txt"), `${digest} Bad.Tool\n`);
    await assessAndRemove(
      "app.tar",
      [base, app],
      "--advisories",
      feeds("old", "MAL-2024-1"),
      "--hash-list",
      at("list.txt"),
    );
    expect(await rescan()).toMatchObject([{ newFindings: [], resolved: 0 }]);
    const [image] = await rescan("--advisories", feeds("new"));
    expect(image).toMatchObject({ newFindings: [], resolved: 2 });
    writeFileSync(at("list.txt"), `${"0".repeat(64)} Other\n`);
    expect(await rescan("--hash-list", at("list.txt"))).toMatchObject([{ newFindings: [], resolved: 1 }]);
  });

  it.skipIf(!hasYara)(
    `names the layers that other YARA rules have not seen, and takes from others what they have${hasYara ? "" : " (the YARA engine is not installed)"}`,
    async () => {
      writeFileSync(at("mine.yar"), 'rule marker_word { strings: $a = "marker word" condition: $a }\n');
      await assessAndRemove("app.tar", [base, app]);
      const both = await rescan("--yara-rules", at("mine.yar"), "--no-record");
      expect(both[0]?.pulls.map(({ layer }) => layer)).toEqual([0, 1]);
      expect(both[0]?.pulls[0]?.why).toMatch(/other YARA rules/);
      await assessAndRemove("base.tar", [base], "--yara-rules", at("mine.yar"));
      const images = await rescan("--yara-rules", at("mine.yar"), "--no-record");
      expect(images.map(({ name, pulls }) => [name, pulls.map(({ layer }) => layer)])).toEqual([
        ["app.tar", [1]],
        ["base.tar", []],
      ]);
      await assessAndRemove("other.tar", [fixtureLayer({ "etc/x": "x" }), app], "--yara-rules", at("mine.yar"));
      const [image] = await rescan("app.tar", "--yara-rules", at("mine.yar"));
      expect(image?.pulls).toEqual([]);
      expect(image?.newFindings).toMatchObject([{ check: "image/malware-found", key: "/app/word marker_word" }]);
    },
  );

  it("does not pass where what it would need is gone", async () => {
    await assessAndRemove("app.tar", [base, app]);
    expect(await run("cache", "purge", "--layers")).toMatch(/^removed 2 layers, /);
    writeFileSync(at("list.txt"), `${digest} Bad.Tool\n`);
    const [image] = await rescan("--hash-list", at("list.txt"), "--no-record");
    expect(image).toMatchObject({
      newFindings: [],
      pulls: [{ layer: 0, why: "what was kept of it is gone" }, { layer: 1 }],
    });
    expect(await rescan("--no-record")).toMatchObject([{ pulls: [] }]);
  });

  it("counts what is damaged, and refuses where nothing is stored", async () => {
    await assessAndRemove("app.tar", [base]);
    await assessAndRemove("other.tar", [app]);
    const [first] = readdirSync(at("cache/images"));
    truncateSync(at(`cache/images/${first}`), 50);
    expect(await run("rescan")).toMatch(/1 stored image is damaged/);
    expect(process.exitCode).toBe(3);
    await run("cache", "purge", "--images");
    await assessAndRemove("app.tar", [base]);
    const shelf = new StoredImages(at("cache/images"));
    const [stored] = (await shelf.read()).images;
    const changed = stored!.observations.map((one) => (one.fact === "image/malware" ? { ...one, value: 7 } : one));
    await shelf.write({ ...stored!, observations: changed as NonNullable<typeof stored>["observations"] });
    expect(await run("rescan")).toMatch(/app\.tar cannot be judged again: .* another version of Plimsoll/);
    expect(process.exitCode).toBe(3);
    await run("cache", "purge");
    await expect(run("rescan")).rejects.toMatchObject({ code: "TARGET_NOT_FOUND", message: "no image is stored" });
  });

  it("takes its rules from the policy file, where nothing else says", async () => {
    await assessAndRemove("app.tar", [base]);
    writeFileSync(at("list.txt"), `${digest} Bad.Tool\n`);
    writeFileSync(at("policy.yaml"), `options:\n  hash-list: ${at("list.txt")}\n  report-dir: elsewhere\n`);
    expect(await rescan("-p", at("policy.yaml"), "--no-record")).toMatchObject([
      { newFindings: [{ key: "/opt/tool listed-digest" }] },
    ]);
    writeFileSync(at("empty.txt"), `${"1".repeat(64)} Other\n`);
    vi.stubEnv("PLIMSOLL_HASH_LIST", at("empty.txt"));
    expect(await rescan("-p", at("policy.yaml"), "--no-record")).toMatchObject([{ newFindings: [] }]);
    vi.stubEnv("PLIMSOLL_HASH_LIST", `${at("empty.txt")}:${at("list.txt")}`);
    expect(await rescan("--no-record")).toMatchObject([{ newFindings: [{ key: "/opt/tool listed-digest" }] }]);
    expect(await rescan("--no-record", "--hash-list", at("empty.txt"))).toMatchObject([{ newFindings: [] }]);
  });
});

describe("malware options of assess", () => {
  it.each([
    ["--hash-list", "list.txt", "# list\nnonsense\n", /list\.txt:2: the line holds no digest/],
    ["--clamd", undefined, "clamd.ctl", /no address of a ClamAV daemon/],
  ])("%s that cannot be used is refused before anything is read", async (option, name, text, message) => {
    if (name !== undefined) writeFileSync(at(name), text);
    const value = name === undefined ? text : at(name);
    const assess = () => run("assess", "image", at("absent.tar"), at("absent2.tar"), option, value);
    await expect(assess()).rejects.toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(message) });
  });
  it.skipIf(!hasYara)(
    `a rule that does not compile is told by file and line${hasYara ? "" : " (the YARA engine is not installed)"}`,
    async () => {
      writeFileSync(at("bad.yar"), "rule fine { condition: true }\nrule bad { condition: zz }\n");
      await expect(run("assess", "image", at("absent.tar"), "--yara-rules", at("bad.yar"))).rejects.toMatchObject({
        code: "CONFIG_INVALID",
        message: expect.stringMatching(/bad\.yar:2:23: unknown identifier `zz`.* \(E009\)$/),
      });
    },
  );
  it("a daemon that is not there leaves the answer open", async () => {
    await assessAndRemove("app.tar", [base], "--clamd", `unix:${at("none")}`);
    const { findings } = JSON.parse(readFileSync(at("report.json"), "utf8")) as {
      findings: { check: string; status: string; reason?: string }[];
    };
    expect(findings.find(({ check }) => check === "image/malware-found")).toMatchObject({
      status: "unknown",
      reason: expect.stringMatching(/clamav: ClamAV daemon unix:.*ENOENT/),
    });
  });
});

describe("cache", () => {
  it("tells how much is kept, and removes what is old", async () => {
    expect(await run("cache", "status")).toMatch(/^layers {2}0 layers, 0\.0 kB\n/);
    await assessAndRemove("app.tar", [base, app]);
    const status = JSON.parse(await run("cache", "status", "-f", "json")) as Record<string, Record<string, unknown>>;
    expect(status).toMatchObject({ layers: { layers: 2, folder: at("cache/layers") }, images: { images: 1 } });
    expect(status["layers"]?.["bytes"]).toBeGreaterThan(100);
    expect(await run("cache", "status")).toMatch(/layers {2}2 layers, .* last used less than an hour/);
    expect(await run("cache", "purge", "--older-than", "1")).toMatch(/^removed 0 layers and 0 images, /);
    expect(await run("cache", "purge")).toMatch(/^removed 2 layers and 1 image, /);
    await expect(run("cache", "purge", "--older-than", "x")).rejects.toMatchObject({ code: "USAGE" });
  });
  it("is refused where nothing is to be kept", async () => {
    vi.stubEnv("PLIMSOLL_CACHE", "off");
    await expect(run("cache", "status")).rejects.toMatchObject({ code: "USAGE" });
  });
});
