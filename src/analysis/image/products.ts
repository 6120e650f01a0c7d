import { Missing, type Snapshot } from "../../core/snapshot.ts";
import { imageIdentity } from "../../facts/image/identity.ts";

/** The names by which VEX documents speak of an image: its reference and digests. Empty for what is no image. */
export function productsOf(snapshot: Snapshot, subject: string): readonly string[] {
  const identity = snapshot.find(imageIdentity, subject);
  if (identity instanceof Missing) return [];
  return [identity.name, identity.manifestDigest, identity.configDigest].filter((name) => name !== undefined);
}
