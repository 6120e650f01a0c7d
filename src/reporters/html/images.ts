import { compareText } from "../../core/canonical-json.ts";
import type { Snapshot } from "../../core/snapshot.ts";
import type { PageImage } from "./page-data.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What the snapshot tells of each image, sorted by name. Values of a replayed snapshot may be of any shape: what does not fit is left out. */
export function imagesOf(snapshot: Snapshot): PageImage[] {
  const images = new Map<string, Writable<PageImage>>();
  for (const target of snapshot.content.targets) {
    if (target.kind === "image") images.set(target.subject, { subject: target.subject, name: target.name });
  }
  for (const observation of snapshot.content.observations) {
    const read = readers[observation.fact];
    if (!read || !("value" in observation)) continue;
    const image = images.get(observation.subject) ?? { subject: observation.subject, name: observation.subject };
    images.set(observation.subject, image);
    read(image, recordOf(observation.value));
  }
  return [...images.values()].sort((a, b) => compareText(a.name, b.name) || compareText(a.subject, b.subject));
}

type ReadValue = (image: Writable<PageImage>, value: Readonly<Record<string, unknown>>) => void;

const readers: Readonly<Record<string, ReadValue>> = {
  "image/base": (image, value) => {
    if (value["scratch"] === true) image.scratch = true;
    if (typeof value["reference"] === "string") image.base = value["reference"];
    if (typeof value["shownBy"] === "string") image.shownBy = value["shownBy"];
    if (typeof value["layers"] === "number") image.baseLayers = value["layers"];
  },
  "image/identity": (image, value) => {
    const platform = recordOf(value["platform"]);
    if (image.name === image.subject && typeof value["name"] === "string") image.name = value["name"];
    if (typeof platform["os"] === "string") {
      image.platform = [platform["os"], platform["architecture"], platform["variant"]]
        .filter((part) => typeof part === "string")
        .join("/");
    }
    if (typeof value["created"] === "string") image.created = value["created"];
    if (typeof value["size"] === "number") image.size = value["size"];
    if (Array.isArray(value["layers"])) image.layers = value["layers"].length;
  },
  // Facts come in order: what a label says of the base is there already.
  "image/lineage": (image, value) => {
    const [nearest] = Array.isArray(value["ancestors"]) ? value["ancestors"] : [];
    const name = recordOf(nearest)["name"];
    if (image.base === undefined && typeof name === "string") {
      image.base = name;
      image.shownBy = "layers";
    }
    if (typeof value["baseLayers"] === "number") image.baseLayers = value["baseLayers"];
    if (typeof value["rebuildStep"] === "number") image.rebuildStep = value["rebuildStep"];
  },
  "image/os-release": (image, value) => {
    const name = value["prettyName"] ?? value["name"] ?? value["id"];
    if (typeof name === "string") image.system = name;
  },
  "image/packages": (image, value) => {
    if (Array.isArray(value["packages"])) image.packages = value["packages"].length;
  },
};

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
