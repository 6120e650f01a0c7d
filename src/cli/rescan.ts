import type { Command } from "commander";
import type { AnalysisResources } from "../analysis/resources.ts";
import { imageCollectors } from "../collectors/image/index.generated.ts";
import { malwareCollector } from "../collectors/image/malware.ts";
import type { ImageCollector } from "../collectors/image-collector.ts";
import { LayerCache, layerCacheFolder } from "../collectors/layer-cache.ts";
import { type MalwareEngines, openMalwareEngines } from "../collectors/malware-engines.ts";
import { type StoredImage, StoredImages, storedImagesFolder } from "../collectors/stored-images.ts";
import { type LayerToPull, type StoredMalware, storedMalware } from "../collectors/stored-malware.ts";
import { prettyJson } from "../core/canonical-json.ts";
import { againstBaseline } from "../core/difference.ts";
import { AppError } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { severities } from "../core/severity.ts";
import { type AdvisoryStamp, type Observation, Snapshot } from "../core/snapshot.ts";
import { decide } from "../policy/gate.ts";
import { valueText, visible } from "../reporters/parts/visible-text.ts";
import { judgeSnapshot, withDerived } from "./judging.ts";
import { earlierImages } from "./lineage-memory.ts";
import { type MalwareOptions, namedSources } from "./malware-options.ts";
import { applyPolicyOptions, type LoadedPolicy, loadPolicy } from "./options.ts";
import { write } from "./output.ts";
import { Progress } from "./progress.ts";
import { openResources } from "./resources.ts";
import { assessed, historyObservation } from "./stored-assessment.ts";
import { tool } from "./version.ts";

interface RescanOptions extends MalwareOptions {
  readonly advisories?: string;
  readonly policy?: string;
  readonly format: string;
  readonly output?: string;
  readonly record: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** What one stored image is found to be now, against its last assessment. */
interface RescannedImage {
  readonly name: string;
  readonly subject: string;
  readonly lastAssessed: string;
  readonly advisories: { readonly before?: AdvisoryStamp | undefined; readonly now?: AdvisoryStamp | undefined };
  /** What fails now and did not, worst first. */
  readonly newFindings: readonly Finding[];
  /** How many findings of last time are gone. */
  readonly resolved: number;
  /** Layers that would have to be read for a full answer. */
  readonly pulls: readonly LayerToPull[];
  readonly allowed: boolean;
  readonly stored: Omit<StoredImage, "schema">;
}

/** Everything that images are judged again with. */
interface Rescan {
  readonly loaded: LoadedPolicy;
  readonly resources: AnalysisResources;
  readonly engines: MalwareEngines;
  readonly collectors: ReadonlyMap<string, ImageCollector>;
  readonly cache: LayerCache;
  readonly shelf: StoredImages;
  readonly now: string;
}

/** `plimsoll rescan [images…]`: every stored image by today's data. Exit code 1 where something new fails the gate. */
export async function run(given: readonly unknown[]): Promise<void> {
  const [names] = given as [string[]];
  const command = given.at(-1) as Command;
  const loaded = await loadPolicy(command.opts<RescanOptions>().policy);
  applyPolicyOptions(command, ownOptions(command, loaded));
  const options = command.optsWithGlobals<RescanOptions>();
  const progress = new Progress(options);
  const folder = layerCacheFolder();
  if (folder === undefined)
    throw new AppError("USAGE", "nothing is stored: PLIMSOLL_CACHE is off", {
      hint: "set it to a folder, or unset it",
    });
  const shelf = new StoredImages(storedImagesFolder(folder));
  const { images, damaged } = await chosenImages(shelf, names);
  const rescan = await openRescan(options, loaded, folder, progress);
  const results: RescannedImage[] = [];
  const unread: string[] =
    damaged === 0
      ? []
      : [
          damaged === 1
            ? "1 stored image is damaged: assess it again"
            : `${damaged} stored images are damaged: assess them again`,
        ];
  for (const image of images) {
    try {
      results.push(
        await progress.step(
          "image",
          image.target.name,
          () => rescanned(image, rescan),
          ({ newFindings }) => `${image.target.name}: ${newFindings.length} new`,
        ),
      );
    } catch (error) {
      // What another version stored in another form does not keep the others from being judged.
      if (!(error instanceof AppError) || error.code !== "CORRUPT_INPUT") throw error;
      unread.push(`${image.target.name} cannot be judged again: ${error.message}: assess it again`);
    }
  }
  if (options.record) for (const { stored } of results) await shelf.write(stored);
  const text = options.format === "json" ? jsonOf(results, unread) : textOf(results, unread);
  await write(text, options.output);
  if (shelf.problem !== undefined) process.stderr.write(`plimsoll: ${shelf.problem}\n`);
  process.exitCode = exitCodeOf(results, unread);
}

/** The policy file's options are those of assess; rescan takes the ones that it has as well. */
function ownOptions(command: Command, loaded: LoadedPolicy): LoadedPolicy {
  const shared = ["advisories", "yara-rules", "hash-list"];
  const options = Object.entries(loaded.policy.options).filter(
    ([name]) => shared.includes(name) && command.options.some(({ long }) => long === `--${name}`),
  );
  return { ...loaded, policy: { ...loaded.policy, options: Object.fromEntries(options) } };
}

function exitCodeOf(results: readonly RescannedImage[], unread: readonly string[]): number {
  if (results.some(({ allowed }) => !allowed)) return 1;
  return unread.length > 0 ? 3 : 0;
}

async function chosenImages(shelf: StoredImages, names: readonly string[]) {
  const { images, damaged } = await shelf.read();
  const chosen = images.filter(
    ({ target }) =>
      names.length === 0 || names.some((name) => target.name.includes(name) || target.subject.includes(name)),
  );
  if (chosen.length > 0) return { images: chosen, damaged };
  throw new AppError(
    "TARGET_NOT_FOUND",
    names.length > 0 && images.length > 0 ? `no stored image is named ${names.join(" or ")}` : "no image is stored",
    {
      hint:
        images.length > 0
          ? `stored are ${images
              .slice(0, 10)
              .map(({ target }) => target.name)
              .join(", ")}`
          : "an image is stored when it is assessed, unless --no-cache or PLIMSOLL_CACHE=off says otherwise",
    },
  );
}

async function openRescan(
  options: RescanOptions,
  loaded: LoadedPolicy,
  folder: string,
  progress: Progress,
): Promise<Rescan> {
  const engines = openMalwareEngines(namedSources(options));
  return {
    loaded,
    resources: {
      ...(await openResources(options, progress)),
      ...(await earlierImages([{ kind: "image", target: folder }], { cache: true })),
    },
    engines,
    collectors: new Map(imageCollectors).set("malware", malwareCollector({}, engines)),
    cache: new LayerCache({ folder }),
    shelf: new StoredImages(storedImagesFolder(folder)),
    now: new Date().toISOString(),
  };
}

async function rescanned(image: StoredImage, rescan: Rescan): Promise<RescannedImage> {
  const { loaded, resources, now } = rescan;
  const malware = await storedMalware(image, rescan.cache, rescan.collectors, rescan.engines);
  const isNewData = resources.advisories !== undefined;
  const stamp = isNewData ? resources.advisories?.stamp : image.advisories;
  const history = await historyObservation(rescan.shelf, image.target.subject, now);
  const snapshot = await withDerived(snapshotOf(image, malware, history, stamp, now), resources, isNewData);
  const { assessment } = judgeSnapshot(snapshot, loaded);
  const before = new Set(image.failures);
  const compared = againstBaseline(assessment, before);
  const after = assessed(assessment, image.target.subject);
  const kept = new Set(after.failures);
  return {
    name: image.target.name,
    subject: image.target.subject,
    lastAssessed: image.assessed,
    advisories: { before: image.advisories, now: stamp },
    newFindings: compared.findings.filter(({ status, isNew }) => status === "fail" && isNew).sort(byWeight),
    resolved: image.failures.filter((fingerprint) => !kept.has(fingerprint)).length,
    pulls: malware.pulls,
    allowed: decide(compared, { allow: loaded.policy.gate.allow, newOnly: true }).allowed,
    stored: { target: image.target, ...after, ruleVersion: malware.ruleVersion, layers: malware.layers },
  };
}

function snapshotOf(
  image: StoredImage,
  malware: StoredMalware,
  history: Observation,
  stamp: AdvisoryStamp | undefined,
  now: string,
): Snapshot {
  return new Snapshot({
    tool,
    created: now,
    targets: [image.target],
    observations: [...malware.observations.filter(({ fact }) => fact !== history.fact), history],
    ...(stamp === undefined ? {} : { advisories: stamp }),
  });
}

function byWeight(a: Finding, b: Finding): number {
  return severities.indexOf(b.severity) - severities.indexOf(a.severity) || (a.fingerprint < b.fingerprint ? -1 : 1);
}

function jsonOf(results: readonly RescannedImage[], unread: readonly string[]): string {
  return prettyJson({
    unread,
    images: results.map(({ stored: _, newFindings, ...result }) => ({
      ...result,
      newFindings: newFindings.map(({ fingerprint, check, title, severity, key, evidence, waiver }) => ({
        fingerprint,
        check,
        title,
        severity,
        key,
        evidence,
        ...(waiver === undefined ? {} : { waiver }),
      })),
    })),
  });
}

function textOf(results: readonly RescannedImage[], unread: readonly string[]): string {
  const total = results.reduce((sum, { newFindings }) => sum + newFindings.length, 0);
  const withNew = results.filter(({ newFindings }) => newFindings.length > 0).length;
  const lines = results.flatMap(linesOf);
  const pulls = results.reduce((sum, result) => sum + result.pulls.length, 0);
  const summary = `${counted(total, "new finding")} in ${withNew} of ${results.length} stored images${pulls === 0 ? "" : `; ${counted(pulls, "layer")} to pull for a full answer`}`;
  return [...lines, summary, ...unread, ""].join("\n");
}

function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

function linesOf({ name, lastAssessed, advisories, newFindings, resolved, pulls }: RescannedImage): string[] {
  const { before, now } = advisories;
  const data =
    now === undefined
      ? "now without advisory data"
      : `${now.id === before?.id ? "still" : "now"} by advisories of ${now.date.slice(0, 10)}`;
  const gap = now === undefined ? "; vulnerabilities are not judged: give --advisories PATH" : "";
  return [
    `${visible(name)}  last assessed ${lastAssessed.slice(0, 16).replace("T", " ")}, ${data}`,
    ...newFindings.map((one) => `  new  ${one.severity.padEnd(8)}  ${one.check}  ${whatIsNew(one)}`),
    ...(newFindings.length === 0 ? [`  nothing new${gap}`] : []),
    ...(resolved === 0 ? [] : [`  ${resolved} of last time no longer ${resolved === 1 ? "fails" : "fail"}`]),
    ...pulls.map(({ layer, diffId, why }) => `  pull layer ${layer + 1} (${diffId.slice(0, 19)}…): ${why}`),
    "",
  ];
}

/** A vulnerability by its id and what clears it, anything else by where it is and what it is. */
function whatIsNew({ evidence: [first], title }: RescannedImage["newFindings"][number]): string {
  if (first === undefined) return title;
  const { kind, id, package: name, version, fixedVersion } = first.details ?? {};
  if (kind !== "vulnerability") return `${visible(first.at)}: ${valueText(first.found, 160)}`;
  const cleared = fixedVersion === undefined ? "no fix yet" : `→ ${fixedVersion}`;
  return visible(`${id}  ${name}@${version} ${cleared}`);
}
