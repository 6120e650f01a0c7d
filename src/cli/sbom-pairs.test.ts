import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { imageCollectors } from "../collectors/image/index.generated.ts";
import { readImage } from "../collectors/image-reader.ts";
import { openImageSource } from "../collectors/image-sources.ts";
import { imagePackages } from "../facts/image/packages.ts";
import type { Package } from "../facts/package.ts";
import { readSbom } from "../formats/sbom/read-sbom.ts";
import { unwrap } from "../formats/sbom/statement.ts";

/* The SBOMs that two other tools made of the same images: what both say, and of what kind each difference is. */

const folder = sharedData("sboms");

/** Of what kind a package is that only one of the two names; undefined where nothing explains it. */
function kindOf({ type, version, foundIn }: Package): string | undefined {
  if (type === "generic") return "a program that no package manager installed";
  if (type === "golang" && /^\(devel\)$|^v0\.0\.0-\d{14}-/.test(version))
    return "the main module of a Go program, built without a release";
  if (type === "pypi" && foundIn.some((path) => path.endsWith(".egg"))) return "a Python egg that is an archive";
  return undefined;
}

function nameOf({ name }: Package): string {
  return name.toLowerCase().replaceAll("_", "-");
}

function keyOf(one: Package): string {
  return `${one.type} ${nameOf(one)} ${one.version.replace(/^v/, "")}`;
}

async function packagesOf(path: string): Promise<readonly Package[]> {
  const source = await openImageSource(`sbom:${path}`, { cache: false });
  try {
    const { observations } = await readImage(source.images[0]!, source, imageCollectors);
    const found = observations.find(({ fact }) => fact === imagePackages.id);
    return imagePackages.schema.parse((found as { value?: unknown } | undefined)?.value).packages;
  } finally {
    await source.close();
  }
}

describe.skipIf(!folder)(`pairs of SBOMs of one image${folder ? "" : " (needs the shared SBOMs)"}`, () => {
  it("differ only in ways that are understood, and never in a distribution's packages", async () => {
    const kinds = new Map<string, number>();
    let shared = 0;
    const images = (await readdir(folder!)).sort();
    for (const image of images) {
      const [trivy, syft] = await Promise.all(
        ["trivy", "syft"].map((tool) => packagesOf(`${folder}/${image}/${tool}.spdx.json`)),
      );
      const keys = new Set(syft!.map(keyOf));
      shared += trivy!.filter((one) => keys.has(keyOf(one))).length;
      for (const [tool, own, other] of [
        ["trivy", trivy!, syft!],
        ["syft", syft!, trivy!],
      ] as const) {
        const others = new Set(other.map(keyOf));
        for (const one of own) {
          if (others.has(keyOf(one))) continue;
          const kind = kindOf(one);
          expect(kind, `${image}: only ${tool} names ${keyOf(one)}`).toBeDefined();
          kinds.set(`${tool}: ${kind}`, (kinds.get(`${tool}: ${kind}`) ?? 0) + 1);
        }
      }
    }
    expect({ images: images.length, shared, ...Object.fromEntries(kinds) }).toEqual({
      images: 30,
      shared: 1578,
      "syft: a program that no package manager installed": 23,
      "syft: the main module of a Go program, built without a release": 29,
      "trivy: a Python egg that is an archive": 2,
    });
  });

  it("leave no package out: each with a package URL is read, the image's own excepted, and none is unread", async () => {
    let files = 0;
    for (const image of await readdir(folder!))
      for (const tool of ["trivy", "syft"]) {
        const bytes = await readFile(`${folder}/${image}/${tool}.spdx.json`);
        const { document, statement } = unwrap(bytes, image);
        const urls = (document ?? statement.predicate).objects("packages").flatMap((one) => {
          const references = one.objects("externalRefs").filter((each) => each.text("referenceType") === "purl");
          return references.slice(0, 1).map((reference) => reference.text("referenceLocator") ?? "");
        });
        const sbom = readSbom(bytes, image);
        const read = sbom.packages.map(({ purl }) => purl);
        const expected = urls.filter((url) => !/^pkg:(?:oci|docker)\//.test(url));
        expect(read.filter((url) => !/^pkg:generic\//.test(url)).sort(), `${image} ${tool}`).toEqual(
          expected.filter((url) => !/^pkg:generic\//.test(url)).sort(),
        );
        expect(sbom.unread, `${image} ${tool}`).toEqual([]);
        files += 1;
      }
    expect(files).toBe(60);
  });
});
