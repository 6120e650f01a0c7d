import { imageCollectors } from "../collectors/image/index.generated.ts";
import { readImage } from "../collectors/image-reader.ts";
import { AppError } from "../core/errors.ts";
import { Missing, Snapshot } from "../core/snapshot.ts";
import { imageIdentity } from "../facts/image/identity.ts";
import { imageOsRelease } from "../facts/image/os-release.ts";
import { imagePackages } from "../facts/image/packages.ts";
import type { BillOfMaterials } from "../reporters/sbom/bill-of-materials.ts";
import { cyclonedx } from "../reporters/sbom/cyclonedx.ts";
import { spdx } from "../reporters/sbom/spdx.ts";
import { openImage } from "./image-target.ts";
import { write } from "./output.ts";
import { Progress } from "./progress.ts";
import { tool, version } from "./version.ts";

interface SbomOptions {
  readonly format: "cyclonedx" | "spdx";
  readonly output?: string;
  readonly platform?: string;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** What an SBOM needs, so that secrets and the rest are not looked for. */
const needed = ["identity", "packages", "os-release"];

/** `plimsoll sbom TARGET`. An archive of several platforms needs --platform: an SBOM is about one image. */
export async function run(given: readonly unknown[]): Promise<void> {
  const [target, options] = given as [string, SbomOptions];
  const progress = new Progress(options);
  const archive = await openImage(target, options.platform);
  try {
    const [image, ...others] = archive.images;
    if (image === undefined)
      throw new AppError("TARGET_NOT_FOUND", `${target} holds no image`, { hint: "name an archive that does" });
    if (others.length > 0) {
      const platforms = archive.images.map((one) => `${one.platform.os}/${one.platform.architecture}`).join(", ");
      throw new AppError("USAGE", `${target} holds ${archive.images.length} images`, {
        hint: `choose one with --platform: ${platforms}`,
      });
    }
    const chosen = new Map([...imageCollectors].filter(([id]) => needed.includes(id)));
    const { observations, target: read } = await progress.step(
      "sbom",
      target,
      (update) => readImage(image, archive, chosen, update),
      (result) => result.target.name,
    );
    const snapshot = new Snapshot({ tool, created: new Date().toISOString(), targets: [read], observations });
    const bill = billOf(snapshot, read.subject);
    await write(options.format === "spdx" ? spdx(bill) : cyclonedx(bill), options.output);
  } finally {
    await archive.close();
  }
}

/** What an SBOM of one image of a snapshot is made of. Throws `CORRUPT_INPUT` where its packages are not known. */
export function billOf(snapshot: Snapshot, subject: string): BillOfMaterials {
  const identity = snapshot.find(imageIdentity, subject);
  const inventory = snapshot.find(imagePackages, subject);
  const osRelease = snapshot.find(imageOsRelease, subject);
  if (identity instanceof Missing || inventory instanceof Missing) {
    const missing = inventory instanceof Missing ? inventory : (identity as Missing);
    throw new AppError("CORRUPT_INPUT", `no SBOM can be made: ${missing.reason}`, { hint: missing.remedy });
  }
  return {
    name: identity.name,
    digest: identity.manifestDigest ?? identity.configDigest,
    identity,
    inventory,
    osRelease: osRelease instanceof Missing ? undefined : osRelease,
    created: snapshot.content.created,
    version,
  };
}
