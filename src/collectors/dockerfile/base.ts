import { imageBase } from "../../facts/image/base.ts";
import { parseImageReference } from "../../formats/image-reference.ts";
import { defineDockerfileCollector, type OpenedDockerfile } from "./dockerfile-collector.ts";

/** The base that the last stage of the Dockerfile goes back to, and the images that other stages take from. */
export const dockerfileBase = defineDockerfileCollector({
  provides: imageBase,
  collect: (dockerfile) => {
    const { configuration, file } = dockerfile;
    const { base } = configuration;
    const common = { location: { file, line: base.line }, buildImages: buildImagesOf(dockerfile) };
    if (base.isScratch) return { ...common, scratch: true };
    if (base.reference === undefined) {
      const names = base.unresolved.join(", ");
      return { ...common, unknownBecause: `FROM ${base.text}: only a build gives ${names || "it"} a value` };
    }
    const { name, digest } = fullReference(base.reference);
    return { ...common, reference: name, ...(digest === undefined ? {} : { digest }), shownBy: "Dockerfile" as const };
  },
});

function buildImagesOf({ build, file }: OpenedDockerfile) {
  const stages = build.stages.filter(
    ({ isInImage, base }) => !isInImage && base.stage === undefined && !base.isScratch,
  );
  return [
    ...stages.map(({ base, name, index }) => ({ ...base, use: `stage ${name ?? index}` })),
    ...build.copiedImages.map((image) => ({ ...image, use: "COPY --from" })),
  ].map(({ text, reference, use, line }) => ({
    text,
    use,
    location: { file, line },
    ...(reference === undefined ? {} : { reference: nameWithDigest(reference) }),
  }));
}

function nameWithDigest(reference: string): string {
  const { name, digest } = fullReference(reference);
  return digest === undefined ? name : `${name}@${digest}`;
}

/** Registry, repository and tag as they are meant: `debian` is `docker.io/library/debian`. */
function fullReference(reference: string): { name: string; digest?: string | undefined } {
  const parts = parseImageReference(reference);
  if (parts === undefined) return { name: reference };
  const tag = parts.tag === undefined ? "" : `:${parts.tag}`;
  return { name: `${parts.registry}/${parts.repository}${tag}`, digest: parts.digest };
}
