import { z } from "zod";

/** A line of a Dockerfile. */
export const FilePlace = z.object({ file: z.string(), line: z.number() });

/** What a fact about an image's content was read from: the files of an image, or the instructions of a Dockerfile, which tell what they do and nothing of what its base brings. */
export const SeenIn = z.enum(["files", "instructions"]).default("files");
