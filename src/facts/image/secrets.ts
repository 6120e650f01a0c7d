import { z } from "zod";
import { defineFact } from "../../core/fact.ts";
import { FilePlace, SeenIn } from "./place.ts";

/** One secret that was found, masked. */
export const FoundSecret = z.object({
  /** What it is: `aws-access-key-id`, `private-key-rsa`. */
  kind: z.string(),
  title: z.string(),
  severity: z.enum(["low", "medium", "high", "critical"]),
  source: z.enum(["file", "env", "label", "history", "build-argument", "command"]),
  /** Path (`archive!/member` inside a zip archive), variable, label, build argument, field of the command or step of the history. */
  at: z.string(),
  line: z.number().optional(),
  layer: z.number().optional(),
  location: FilePlace.optional(),
  /** Name or number of the Dockerfile's build stage, where the stage itself does not get into the image. */
  buildStage: z.string().optional(),
  /** True when a later layer removes the file: it is still in the image for whoever pulls it. */
  removed: z.boolean().default(false),
  /** First and last characters with the rest replaced, never the secret. */
  masked: z.string(),
  /** SHA-256 prefix (16 hex digits) of the secret, so that the same secret in two places is recognised. */
  hash: z.string(),
});

/** Secrets in the files of every layer, the environment, labels and history. */
export const imageSecrets = defineFact({
  id: "image/secrets",
  summary: "the secrets in the image",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({
    secrets: z.array(FoundSecret),
    filesSearched: z.number(),
    bytesSearched: z.number(),
    seen: SeenIn,
    /** Files that were not searched and why, by reason with their number. */
    skipped: z.record(z.string(), z.number()).default({}),
  }),
});
