import { z } from "zod";
import { defineFact } from "../../core/fact.ts";
import { FilePlace, SeenIn } from "./place.ts";

/** What a program is for, as far as it matters to an intruder. */
export const ProgramPurpose = z.enum([
  "shell",
  "package-manager",
  "compiler",
  "privilege",
  "download",
  "network",
  "debugger",
]);
/** What a program is for, as far as it matters to an intruder. */
export type ProgramPurpose = z.output<typeof ProgramPurpose>;

/** What the image carries besides what it is for: tools, caches, and system files that its user may change. */
export const imageContents = defineFact({
  id: "image/contents",
  summary: "the tools and left-overs in the image",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({
    programs: z.array(
      z.object({
        /** Where it lies; of a Dockerfile the command that installs it. */
        path: z.string(),
        name: z.string(),
        purpose: ProgramPurpose,
        layer: z.number().optional(),
        location: FilePlace.optional(),
      }),
    ),
    /** What package managers keep and no container needs, by folder. */
    caches: z.array(
      z.object({
        path: z.string(),
        manager: z.string(),
        /** Files and bytes of it; 0 where a Dockerfile shows that it is filled, not with what. */
        files: z.number(),
        bytes: z.number(),
        layer: z.number().optional(),
        location: FilePlace.optional(),
      }),
    ),
    /** Folders and files that the system runs or reads and that another owner than root may write. The first of each folder, with how many there are. */
    systemPathsNotOwnedByRoot: z
      .array(z.object({ path: z.string(), owner: z.number(), count: z.number(), layer: z.number() }))
      .default([]),
    /** Entries of the image's file system that were looked at. */
    entries: z.number(),
    /** Bytes of its files. */
    bytes: z.number(),
    seen: SeenIn,
  }),
});
