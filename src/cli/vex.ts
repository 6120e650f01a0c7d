import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { stringify } from "yaml";
import { importIgnoreFile } from "../advisories/vex/ignore-file.ts";
import { writeCsafVex } from "../advisories/vex/write-csaf-vex.ts";
import { writeCyclonedxVex } from "../advisories/vex/write-cyclonedx-vex.ts";
import { type SetAside, vexDecisions, writeOpenVex } from "../advisories/vex/write-vex.ts";
import { AppError, messageOf } from "../core/errors.ts";
import type { Waiver } from "../core/finding.ts";
import { Missing, Snapshot } from "../core/snapshot.ts";
import { hostVulnerabilities } from "../facts/host/vulnerabilities.ts";
import { imageIdentity } from "../facts/image/identity.ts";
import { imageVulnerabilities } from "../facts/image/vulnerabilities.ts";
import { parsePolicy } from "../policy/policy-file.ts";
import { judgeSnapshot, withDerived } from "./judging.ts";
import { loadPolicy } from "./options.ts";
import { write } from "./output.ts";
import { Progress } from "./progress.ts";
import { openResources } from "./resources.ts";
import { tool } from "./version.ts";

interface ImportOptions {
  readonly approver: string;
  readonly expires?: string;
  readonly output?: string;
  readonly quiet?: boolean;
}

/** `plimsoll vex import-ignores FILES…`: prints the waivers of other scanners' ignore files as a policy file has them. */
export async function importIgnores(given: readonly unknown[]): Promise<void> {
  const [files] = given as [string[]];
  const options = (given.at(-1) as Command).optsWithGlobals<ImportOptions>();
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await textOf(file, "ignore file") })));
  const { policy, left } = waiversText(texts, options);
  await write(policy, options.output);
  if (options.quiet !== true) for (const one of left) process.stderr.write(`plimsoll: left out ${one}\n`);
}

/** The waivers of ignore files as the text of a policy file, and what no waiver can stand for. What comes out is a valid policy file. */
export function waiversText(
  files: readonly { readonly file: string; readonly text: string }[],
  { approver, expires }: Pick<ImportOptions, "approver" | "expires">,
): { readonly policy: string; readonly left: readonly string[] } {
  if (expires !== undefined && !isDay(expires))
    throw new AppError("USAGE", `--expires ${expires}: is no date`, { hint: "write it 2026-12-31" });
  const waivers = new Map<string, Waiver>();
  const left: string[] = [];
  for (const { file, text } of files) {
    const found = importIgnoreFile(text, file, { approver, expires });
    for (const waiver of found.waivers) waivers.set(`${waiver.key}\0${waiver.expires}`, waiver);
    left.push(...found.left.map((one) => `${file}: ${one}`));
  }
  const head = left.map((one) => `# left out ${one.replaceAll(/\s+/g, " ")}\n`).join("");
  const policy = `${head}${stringify({ waivers: [...waivers.values()] })}`;
  parsePolicy(policy, "the waivers");
  return { policy, left };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Forms of VEX documents. */
const formats = { openvex: writeOpenVex, cyclonedx: writeCyclonedxVex, csaf: writeCsafVex } as const;

interface WriteOptions {
  readonly author: string;
  readonly format?: keyof typeof formats;
  readonly policy?: string;
  readonly advisories?: string;
  readonly vex?: readonly string[];
  readonly output?: string;
  readonly quiet?: boolean;
}

/** `plimsoll vex write [facts]`: judges saved facts by the policy and writes what was decided about their vulnerabilities as OpenVEX, CycloneDX or CSAF. */
export async function writeDocument(given: readonly unknown[]): Promise<void> {
  const [facts] = given as [string];
  const options = (given.at(-1) as Command).optsWithGlobals<WriteOptions>();
  const saved = Snapshot.parse(await textOf(facts, "saved facts"), facts);
  const resources = await openResources(options, new Progress(options));
  // Statements change which vulnerabilities count, and advisories which there are: both ask for matching anew.
  const snapshot = await withDerived(saved, resources, options.advisories !== undefined);
  await write(await vexOf(snapshot, options), options.output);
}

/** The decisions about a snapshot's vulnerabilities as a VEX document. Nothing decided is a `USAGE` error: an empty document says nothing. */
export async function vexOf(
  snapshot: Snapshot,
  options: Pick<WriteOptions, "author" | "policy" | "format">,
): Promise<string> {
  const { assessment } = judgeSnapshot(snapshot, await loadPolicy(options.policy));
  const setAside = [imageVulnerabilities, hostVulnerabilities].flatMap((fact) =>
    snapshot.subjectsOf(fact).flatMap((subject): SetAside[] => {
      const report = snapshot.find(fact, subject);
      return report instanceof Missing ? [] : report.suppressed.map((one) => ({ subject, ...one }));
    }),
  );
  const head = { author: options.author, timestamp: snapshot.now.toISOString(), tool };
  const decisions = vexDecisions(assessment.findings, head, setAside, (subject) => productOf(snapshot, subject));
  if (decisions.length > 0) return formats[options.format ?? "openvex"](decisions, head);
  throw new AppError("USAGE", "nothing was decided about a vulnerability, so that there is nothing to state", {
    hint: "a waiver in the policy, or a statement given by --vex, is a decision; docs/vex.md tells how",
  });
}

/**
 * An image as other tools look it up: by its digest, with its repository (purl-spec, type oci); an archive, which has no digest of a manifest, by that of its
 * configuration. A host goes by its subject.
 */
function productOf(snapshot: Snapshot, subject: string): string {
  const identity = snapshot.find(imageIdentity, subject);
  if (identity instanceof Missing) return subject;
  const repository = (identity.references[0] ?? identity.name).replace(/@sha256:.*$/, "").replace(/:[^:/]*$/, "");
  const name = repository.slice(repository.lastIndexOf("/") + 1).toLowerCase();
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) return subject;
  if (identity.manifestDigest === undefined) return `pkg:generic/${name}?checksum=${identity.configDigest}`;
  const { architecture } = identity.platform;
  const place = repository.includes("/") ? `&repository_url=${encodeURIComponent(repository)}` : "";
  return `pkg:oci/${name}@${identity.manifestDigest.replace(":", "%3A")}?arch=${architecture}${place}`;
}

async function textOf(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new AppError("TARGET_NOT_FOUND", `cannot read ${what} ${path}: ${messageOf(error)}`, {
      hint: 'see "plimsoll vex --help"',
      cause: error,
    });
  }
}
