import { z } from "zod";
import { parseDocument } from "./image-document.ts";

/** An image that a build took in, as its provenance names it. */
export interface ProvenanceImage {
  /** Registry, repository and tag: `docker.io/library/busybox:latest`. */
  readonly reference: string;
  readonly digest?: string | undefined;
}

const Material = z.object({ uri: z.string().optional(), digest: z.record(z.string(), z.string()).optional() });
/** SLSA provenance 0.2 (`materials`) and 1 (`resolvedDependencies`) in an in-toto statement. */
const Statement = z.object({
  predicateType: z.string(),
  predicate: z.object({
    materials: z.array(Material).nullish(),
    buildDefinition: z.object({ resolvedDependencies: z.array(Material).nullish() }).nullish(),
  }),
});
/** Images that BuildKit itself runs with. */
const ownTools = /^docker\.io\/docker\/(?:dockerfile|dockerfile-upstream|buildkit-syft-scanner|buildkit-.*):/;

/** The images that a provenance attestation names as what the build took in, each once, without the builder's own tools; empty for another kind of statement. Throws `CORRUPT_INPUT`. */
export function provenanceImages(bytes: Uint8Array, what: string): ProvenanceImage[] {
  const parsed = Statement.safeParse(parseDocument(bytes, what));
  if (!parsed.success || !parsed.data.predicateType.startsWith("https://slsa.dev/provenance/")) return [];
  const { materials, buildDefinition } = parsed.data.predicate;
  const found = new Map<string, ProvenanceImage>();
  for (const { uri = "", digest } of materials ?? buildDefinition?.resolvedDependencies ?? []) {
    const image = imageOf(uri, digest?.["sha256"]);
    if (image !== undefined && !ownTools.test(image.reference)) found.set(`${image.reference}@${image.digest}`, image);
  }
  return [...found.values()];
}

/** `pkg:docker/busybox@latest?platform=linux%2Farm64` (package-url, type docker). */
function imageOf(uri: string, sha256: string | undefined): ProvenanceImage | undefined {
  const [, path, version, query] = /^pkg:docker\/([^@?#]+)(?:@([^?#]*))?(?:\?([^#]*))?/.exec(uri) ?? [];
  const repository = path === undefined ? undefined : decoded(path);
  if (repository === undefined || repository === "") return undefined;
  const tag = decoded(version ?? "") ?? "";
  const named = new URLSearchParams(query).get("digest") ?? (tag.includes(":") ? tag : undefined);
  const digest = sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? `sha256:${sha256}` : (named ?? undefined);
  const first = repository.slice(0, Math.max(0, repository.indexOf("/")));
  const hasHost = /[.:]/.test(first) || first === "localhost";
  const full = hasHost ? repository : `docker.io/${first === "" ? "library/" : ""}${repository}`;
  return {
    reference: tag === "" || tag.includes(":") ? full : `${full}:${tag}`,
    ...(digest === undefined ? {} : { digest }),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // Half an escape sequence: no name that a builder wrote.
    return undefined;
  }
}
