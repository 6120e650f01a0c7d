import { type Unknown, unknown } from "../../core/check.ts";
import type { Files } from "../../facts/host/files.ts";

/** The verdict where a walk found nothing but did not see everything; undefined where it did. */
export function notWhollySeen({ stopped, unseen }: Pick<Files, "stopped" | "unseen">): Unknown | undefined {
  if (stopped !== undefined)
    return unknown(`the walk over the file system ended early: ${stopped}`, "assess again") as Unknown;
  if (unseen > 0)
    return unknown(
      `${unseen} folders or files could not be looked at`,
      "collect the facts with root's rights",
    ) as Unknown;
  return undefined;
}
