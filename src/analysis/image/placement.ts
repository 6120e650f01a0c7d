import type { z } from "zod";
import type { Assessment } from "../../core/assessment.ts";
import type { Evidence } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import { Missing, type Snapshot } from "../../core/snapshot.ts";
import type { Subject } from "../../core/subject.ts";
import { imageBase } from "../../facts/image/base.ts";
import { imageIdentity } from "../../facts/image/identity.ts";
import { imageLineage } from "../../facts/image/lineage.ts";
import { imageRenewal } from "../../facts/image/renewal.ts";

/** Which part of an image brought an item. */
export interface Placement {
  /** The base, what was added to it, or not known where nothing tells where the base ends. */
  readonly origin: "base" | "own" | "unknown";
  /** Index of the layer, from 0, and how many there are. */
  readonly layer: number;
  readonly layers: number;
  /** The instruction that made the layer, where the history tells. */
  readonly instruction?: string | undefined;
  /** Name of the base: of several that are built on each other the one that brought the layer. Absent where no name is known. */
  readonly base?: string | undefined;
}

/** What puts a failure right: a rebuild on a newer base, an update of the package, a change of a file or instruction, or nothing yet. */
export type Remedy = "rebuild" | "update" | "file" | "none";

type Lineage = z.output<typeof imageLineage.schema>;
type Renewal = z.output<typeof imageRenewal.schema>;

interface ImageAtHand {
  readonly layers: readonly { readonly createdBy?: string | undefined }[];
  readonly lineage: Lineage | undefined;
  /** What the image itself says it was built on. */
  readonly stated: string | undefined;
  readonly renewal: Renewal | undefined;
  readonly removes: ReadonlySet<string>;
}

const instructionLength = 400;

/** The assessment with every failure of an image placed (`details.placement`) and answered (`details.remedy`, and the fix where that is a rebuild). */
export function placed(assessment: Assessment): Assessment {
  const images = new Images(assessment.snapshot);
  const findings = assessment.findings.map((finding) => {
    if (finding.status !== "fail" || finding.area !== "image") return finding;
    return answered(finding, images.of(finding.subject), images);
  });
  return { ...assessment, findings };
}

function answered(finding: Finding, image: ImageAtHand, images: Images): Finding {
  const remedy = remedyOf(finding, image);
  const evidence = finding.evidence.map((item) => {
    const placement = placementOf(item, image);
    return { ...item, details: { ...item.details, remedy, ...(placement === undefined ? {} : { placement }) } };
  });
  return { ...finding, evidence, fix: remedy === "rebuild" ? rebuildText(finding, image, images) : finding.fix };
}

function placementOf({ layer }: Evidence, image: ImageAtHand): Placement | undefined {
  const { layers, lineage } = image;
  if (layer === undefined) return undefined;
  const instruction = layers[layer]?.createdBy?.replace(/\s+/g, " ").trim().slice(0, instructionLength);
  const base = bringerOf(layer, lineage) ?? baseNameOf(image);
  return {
    origin: originOf(layer, lineage),
    layer,
    layers: layers.length,
    ...(instruction === undefined ? {} : { instruction }),
    ...(base === undefined ? {} : { base }),
  };
}

function originOf(layer: number, lineage: Lineage | undefined): Placement["origin"] {
  if (lineage?.baseLayers === undefined) return "unknown";
  return layer < lineage.baseLayers ? "base" : "own";
}

/** The first image of the line that has the layer: what brought it, where that is not the image itself. */
function bringerOf(layer: number, lineage: Lineage | undefined): string | undefined {
  return lineage?.ancestors.findLast(({ layers }) => layer < layers)?.name;
}

function baseNameOf({ lineage, stated }: ImageAtHand): string | undefined {
  return lineage?.ancestors[0]?.name ?? (lineage?.label?.state === "contradicted" ? undefined : stated);
}

function remedyOf({ evidence }: Finding, image: ImageAtHand): Remedy {
  const [item] = evidence;
  if (item?.details?.["kind"] !== "vulnerability") return "file";
  const { package: name, id, fixedVersion } = item.details;
  const layers = evidence.map(({ layer }) => layer);
  const { renewal } = image;
  if (renewal !== undefined && layers.every((layer) => layer !== undefined && layer < renewal.base.layers))
    if (image.removes.has(`${String(name)} ${String(id)}`)) return "rebuild";
  if (typeof fixedVersion !== "string") return "none";
  const isOfBase = layers.every((layer) => layer !== undefined && originOf(layer, image.lineage) === "base");
  // A newer base that has it as well does not help: then only the update does.
  return isOfBase && renewal === undefined ? "rebuild" : "update";
}

function rebuildText({ fix }: Finding, image: ImageAtHand, images: Images): string {
  const { renewal } = image;
  if (renewal === undefined) {
    const base = baseNameOf(image);
    return `rebuild on a newer ${base ?? "base"}: not scanned yet, so unknown how many this removes; or ${fix}`;
  }
  const { newer, through, removes } = renewal;
  const date = newer.created === undefined ? "" : ` of ${newer.created.slice(0, 10)}`;
  const first = through.length === 0 ? "" : `, ${through.map(({ name }) => name).join(" and ")} first`;
  const all = images.removedBy(newer.subject);
  const others = all.images > 1 ? `, ${all.findings} in ${all.images} images built on it` : "";
  return `rebuild on ${newer.name}${date}${first}: removes ${counted(removes.length)} here${others}`;
}

function counted(count: number): string {
  return `${count} ${count === 1 ? "finding" : "findings"}`;
}

/** What a snapshot tells of its images, each looked up once. */
class Images {
  readonly #snapshot: Snapshot;
  readonly #known = new Map<Subject, ImageAtHand>();
  readonly #removed = new Map<Subject, { findings: number; images: number }>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    for (const { value } of snapshot.all(imageRenewal)) {
      const sum = this.#removed.get(value.newer.subject) ?? { findings: 0, images: 0 };
      sum.findings += value.removes.length;
      sum.images += value.removes.length > 0 ? 1 : 0;
      this.#removed.set(value.newer.subject, sum);
    }
  }

  of(subject: Subject): ImageAtHand {
    const image = this.#known.get(subject) ?? this.#find(subject);
    this.#known.set(subject, image);
    return image;
  }

  /** How many findings go from how many images of the snapshot when all are rebuilt on one newer base. */
  removedBy(newer: Subject): { readonly findings: number; readonly images: number } {
    return this.#removed.get(newer) ?? { findings: 0, images: 0 };
  }

  #find(subject: Subject): ImageAtHand {
    const identity = this.#snapshot.find(imageIdentity, subject);
    const lineage = this.#snapshot.find(imageLineage, subject);
    const renewal = this.#snapshot.find(imageRenewal, subject);
    const base = this.#snapshot.find(imageBase, subject);
    return {
      layers: identity instanceof Missing ? [] : identity.layers,
      lineage: lineage instanceof Missing ? undefined : lineage,
      stated: base instanceof Missing ? undefined : base.reference,
      renewal: renewal instanceof Missing ? undefined : renewal,
      removes: new Set(renewal instanceof Missing ? [] : renewal.removes),
    };
  }
}
