import type { z } from "zod";
import { compareText } from "../../core/canonical-json.ts";
import { defineDerivation } from "../../core/derivation.ts";
import { sha256 } from "../../core/digest.ts";
import { Missing, type Observation, type Snapshot } from "../../core/snapshot.ts";
import type { Subject } from "../../core/subject.ts";
import { imageBase } from "../../facts/image/base.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { imageIdentity } from "../../facts/image/identity.ts";
import type { KnownImages } from "../../facts/image/known-image.ts";
import { imageLineage, type RelatedImage } from "../../facts/image/lineage.ts";
import { recordedBase } from "../../facts/image/recorded-base.ts";
import { imageReferenceOf } from "../../formats/image-reference.ts";
import type { AnalysisResources } from "../resources.ts";

/** What lineage needs to know of an image. */
type Identity = Pick<
  z.output<typeof imageIdentity.schema>,
  "name" | "references" | "manifestDigest" | "configDigest" | "created"
> & { readonly platform: { readonly os: string; readonly architecture: string } };
type Lineage = z.output<typeof imageLineage.schema>;

interface Image {
  readonly subject: Subject;
  readonly identity: Identity;
  /** Chain ids, the first for the first layer alone (OCI image-spec config.md, "Layer ChainID"). */
  readonly chains: readonly string[];
  /** When the earlier run was that it is known from. */
  readonly assessed?: string | undefined;
}

/** The lineage of every image of the snapshot among all of them and those of earlier runs: an image is a base of another when its layers are a proper beginning of the other's. */
export default defineDerivation<AnalysisResources>({
  provides: imageLineage,
  *derive(snapshot, { knownImages }) {
    const images = [...snapshot.all(imageIdentity)].map(({ subject, value }) => ({
      subject,
      identity: value,
      chains: chainIds(value.layers.map(({ diffId }) => diffId)),
    }));
    const family = new Family([
      ...images,
      ...earlierImages(knownImages, new Set(images.map(({ subject }) => subject))),
    ]);
    for (const image of images) yield lineageOf(snapshot, family, image);
  },
});

/** The images of earlier runs that the snapshot does not have itself. */
function earlierImages(known: KnownImages | undefined, present: ReadonlySet<Subject>): Image[] {
  return (known?.images ?? [])
    .filter(({ subject }) => !present.has(subject))
    .map((image) => ({
      subject: image.subject,
      identity: image,
      chains: chainIds(image.diffIds),
      assessed: image.assessed,
    }));
}

/** The chain id of each beginning of a list of layers. */
export function chainIds(diffIds: readonly string[]): string[] {
  const chains: string[] = [];
  for (const diffId of diffIds) {
    const below = chains.at(-1);
    chains.push(below === undefined ? diffId : `sha256:${sha256(`${below} ${diffId}`)}`);
  }
  return chains;
}

/** Images by what they are built of and how they are called. */
class Family {
  readonly #byChain = new Map<string, Image[]>();
  readonly #byDigest = new Map<string, Image>();
  readonly #byRepository = new Map<string, Image[]>();
  readonly #derived = new Map<Subject, Image[]>();

  constructor(images: readonly Image[]) {
    for (const image of images) {
      const whole = image.chains.at(-1);
      if (whole !== undefined) push(this.#byChain, whole, image);
      for (const digest of [image.identity.manifestDigest, image.identity.configDigest])
        if (digest !== undefined) this.#byDigest.set(digest, image);
      for (const repository of repositoriesOf(image)) push(this.#byRepository, repository, image);
    }
    for (const image of images)
      for (const ancestor of this.ancestors(image)) push(this.#derived, ancestor.subject, image);
  }

  /** The nearest first; of images with equal layers all. */
  ancestors({ chains }: Image): Image[] {
    return chains
      .slice(0, -1)
      .reverse()
      .flatMap((chain) => this.#byChain.get(chain) ?? []);
  }

  derived({ subject }: Image): readonly Image[] {
    return this.#derived.get(subject) ?? [];
  }

  named(digest: string): Image | undefined {
    return this.#byDigest.get(digest);
  }

  /** Images of a repository and of its platform that were built after a moment, the newest first; only those of the same tag where there are some. */
  newer(repositories: readonly string[], than: Image): Image[] {
    const { created, platform } = than.identity;
    if (created === undefined) return [];
    const same = new Set(repositories.flatMap((repository) => this.#byRepository.get(repository) ?? []));
    const isNewer = ({ identity }: Image) =>
      identity.created !== undefined &&
      Date.parse(identity.created) > Date.parse(created) &&
      identity.platform.os === platform.os &&
      identity.platform.architecture === platform.architecture;
    const newer = [...same].filter(isNewer);
    const tags = new Set(than.identity.references.map(taggedName));
    const ofTag = newer.filter(({ identity }) => identity.references.some((one) => tags.has(taggedName(one))));
    return (ofTag.length > 0 ? ofTag : newer).sort(
      (a, b) => compareText(b.identity.created!, a.identity.created!) || compareText(a.subject, b.subject),
    );
  }
}

function lineageOf(snapshot: Snapshot, family: Family, image: Image): Observation {
  const ancestors = family.ancestors(image);
  const newerBases = newerBasesOf(family, ancestors, image);
  const place = placeOfBase(snapshot, ancestors, image);
  const label = labelOf(snapshot, family, image);
  const value: Lineage = {
    ancestors: ancestors.map((ancestor) => ({ ...related(ancestor), layers: ancestor.chains.length })),
    derived: [...family.derived(image)].sort((a, b) => compareText(a.subject, b.subject)).map(related),
    ...place,
    ...(label === undefined ? {} : { label }),
    newerBases: newerBases.map(related),
    ...renewableOf(family, ancestors, image),
    // What an ancestor must be rebuilt for, this must be rebuilt for after it.
    needsRebuild:
      newerBases.length > 0 ||
      ancestors.some((ancestor) => newerBasesOf(family, family.ancestors(ancestor), ancestor).length > 0),
    rebuildStep: new Set(ancestors.map(({ chains }) => chains.length)).size,
  };
  return {
    fact: imageLineage.id,
    subject: image.subject,
    source: "layers, history and labels of the images at hand and of earlier runs",
    value,
  };
}

/** Builds that came after the nearest base, of the same repository; the image itself and what is built on it are none. */
function newerBasesOf(family: Family, ancestors: readonly Image[], image: Image): Image[] {
  const [nearest] = ancestors;
  if (nearest === undefined) return [];
  return family
    .newer(repositoriesOf(nearest), nearest)
    .filter(
      ({ subject }) => subject !== image.subject && !family.derived(image).some((one) => one.subject === subject),
    );
}

/** The nearest ancestor with a newer build. What lies between it and the image is rebuilt first, that nearest to the base before the others. */
function renewableOf(family: Family, ancestors: readonly Image[], image: Image): Pick<Lineage, "renewable"> {
  for (const [index, base] of ancestors.entries()) {
    const builtOnIt = ancestors[index - 1] ?? image;
    const [newer] = newerBasesOf(family, ancestors.slice(index), builtOnIt).filter(
      ({ subject }) => subject !== image.subject,
    );
    if (newer === undefined) continue;
    const through = ancestors.slice(0, index).filter(({ chains }) => chains.length > base.chains.length);
    return {
      renewable: {
        base: { ...related(base), layers: base.chains.length },
        newer: related(newer),
        through: through.reverse().map(related),
      },
    };
  }
  return {};
}

function placeOfBase(
  snapshot: Snapshot,
  ancestors: readonly Image[],
  { subject, chains }: Image,
): Pick<Lineage, "baseLayers" | "shownBy"> {
  const [nearest] = ancestors;
  if (nearest !== undefined) return { baseLayers: nearest.chains.length, shownBy: "layers" };
  const configuration = snapshot.find(imageConfiguration, subject);
  const layers =
    configuration instanceof Missing
      ? undefined
      : (recordedBase(configuration.history)?.layers ?? layersBeforeCommand(configuration.history));
  return layers === undefined || layers === 0 || layers >= chains.length
    ? {}
    : { baseLayers: layers, shownBy: "history" };
}

/** Official bases end with CMD or ENTRYPOINT; layers that follow the last such step that is not the end were added by somebody else. */
function layersBeforeCommand(
  history: readonly { readonly createdBy?: string | undefined; readonly layer?: number | undefined }[],
): number | undefined {
  const last = history.findLastIndex(({ layer }) => layer !== undefined);
  const command = history
    .slice(0, Math.max(0, last))
    .findLastIndex(({ createdBy }) => /^(?:\/bin\/sh -c #\(nop\) +)?(?:CMD|ENTRYPOINT)\b/.test(createdBy ?? ""));
  const before = history.slice(0, command + 1).findLast(({ layer }) => layer !== undefined)?.layer;
  return command < 0 || before === undefined ? undefined : before + 1;
}

function labelOf(snapshot: Snapshot, family: Family, { subject, chains }: Image): Lineage["label"] {
  const base = snapshot.find(imageBase, subject);
  if (base instanceof Missing || base.digest === undefined) return undefined;
  const named = family.named(base.digest);
  const whole = named?.chains.at(-1);
  const state =
    named === undefined
      ? "unseen"
      : whole !== undefined && chains[named.chains.length - 1] === whole
        ? "confirmed"
        : "contradicted";
  return { ...(base.reference === undefined ? {} : { reference: base.reference }), digest: base.digest, state };
}

/** Repositories that an image goes by; a name without tag counts, an archive's file name does not. */
function repositoriesOf({ identity }: Image): string[] {
  return [
    ...new Set(
      identity.references
        .map((reference) => imageReferenceOf(reference))
        .map(({ registry, repository }) => `${registry}/${repository}`),
    ),
  ];
}

function taggedName(reference: string): string {
  const { registry, repository, tag = "latest" } = imageReferenceOf(reference);
  return `${registry}/${repository}:${tag}`;
}

function related({ subject, identity, assessed }: Image): RelatedImage {
  return {
    subject,
    name: identity.name,
    ...(identity.created === undefined ? {} : { created: identity.created }),
    ...(assessed === undefined ? {} : { assessed }),
  };
}

function push<K>(map: Map<K, Image[]>, key: K, image: Image): void {
  const known = map.get(key);
  if (known) known.push(image);
  else map.set(key, [image]);
}
