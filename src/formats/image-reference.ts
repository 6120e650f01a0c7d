/** An image reference taken apart. Absent parts were not written; `registry` and `repository` are filled in as Docker does (`docker.io`, `library/`). */
export interface ImageReferenceParts {
  readonly text: string;
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const hostPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;

/** Takes an image reference apart after the grammar of distribution/reference; undefined where it is none. */
export function parseImageReference(text: string): ImageReferenceParts | undefined {
  if (text.length > 1024) return undefined;
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !digestPattern.test(digest)) return undefined;
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  const place = placeOf(hasTag ? named.slice(0, colon) : named);
  if (place === undefined) return undefined;
  return { text, ...place, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

function placeOf(name: string): { registry: string; repository: string } | undefined {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const namesHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const host = namesHost ? first : "docker.io";
  const path = namesHost ? name.slice(slash + 1) : name;
  if (
    !hostPattern.test(host) ||
    path === "" ||
    path.length > 255 ||
    !path.split("/").every((step) => component.test(step))
  )
    return undefined;
  const registry = host === "index.docker.io" ? "docker.io" : host;
  return { registry, repository: registry === "docker.io" && !path.includes("/") ? `library/${path}` : path };
}

/** The parts of a text that may not be a reference: then the text stands for the repository, and nothing is known of the rest. */
export function imageReferenceOf(text: string): ImageReferenceParts {
  return parseImageReference(text) ?? { text, registry: "", repository: text };
}
