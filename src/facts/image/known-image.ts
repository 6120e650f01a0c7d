import { z } from "zod";
import type { OsRelease } from "../os-release.ts";
import type { PackageInventory } from "../package.ts";

/** What is kept of an image of an earlier run so that others are recognised as built on it. */
export const KnownImage = z.object({
  schema: z.literal("plimsoll.known-image/1"),
  subject: z.string(),
  name: z.string(),
  references: z.array(z.string()),
  manifestDigest: z.string().optional(),
  configDigest: z.string(),
  platform: z.object({ os: z.string(), architecture: z.string() }),
  created: z.string().optional(),
  /** Digests of the uncompressed layers, base first. */
  diffIds: z.array(z.string()),
  /** When it was last assessed, ISO 8601. */
  assessed: z.iso.datetime(),
});
/** What is kept of an image of an earlier run so that others are recognised as built on it. */
export type KnownImage = z.output<typeof KnownImage>;

/** The images of earlier runs. */
export interface KnownImages {
  readonly images: readonly KnownImage[];
  /** What was installed in one of them; undefined where it is not kept any more. */
  inventoryOf(subject: string): Promise<
    | {
        readonly packages: z.output<typeof PackageInventory>;
        readonly osRelease?: z.output<typeof OsRelease> | undefined;
      }
    | undefined
  >;
}
