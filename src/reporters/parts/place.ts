import type { Evidence, Location } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import { visible } from "./visible-text.ts";

/** The first place that a person can open, or undefined. */
export function locationOf(finding: Pick<Finding, "evidence">): Location | undefined {
  return finding.evidence.find((item) => item.location !== undefined)?.location;
}

/** `compose.yaml:31:5`, as much of it as is known. */
export function locationText(location: Location): string {
  return visible(
    [location.file, location.line, location.line === undefined ? undefined : location.column]
      .filter((part) => part !== undefined)
      .join(":"),
  );
}

/** Where a piece of evidence was seen, in few words: file and line, else the path and the image layer, counted from 1 as people do. */
export function placeText(item: Evidence): string {
  if (item.location) return locationText(item.location);
  const at = visible(item.at);
  return item.layer === undefined ? at : `${at}, layer ${item.layer + 1}${originText(item)}`;
}

/** Characters of an instruction that are shown beside a place. */
const instructionLength = 40;

/** Whose layer it is, as far as the evidence's placement tells: the base, or the instruction that added it. */
function originText({ at, details }: Evidence): string {
  const placement = details?.["placement"];
  if (typeof placement !== "object" || placement === null) return "";
  const { origin, base, instruction } = placement as Readonly<Record<string, unknown>>;
  if (origin === "base") return typeof base === "string" ? ` (base ${visible(base)})` : " (base)";
  // A step of the history is the instruction already.
  if (at.startsWith("history step")) return "";
  if (typeof instruction !== "string") return origin === "own" ? " (added)" : "";
  const text = instructionText(instruction);
  return ` (${visible(text.slice(0, instructionLength))}${text.length > instructionLength ? "…" : ""})`;
}

/** A step of the history as its author wrote it: what builders put before it (shell, build arguments) and behind it is left out, a digest is shortened. */
export function instructionText(step: string): string {
  const written = step
    .replace(/\/bin\/sh -c #\(nop\)\s+/g, "")
    .replace(/(^|; )(?:RUN )?(?:\|\d{1,3} .*?)?\/bin\/sh -c /g, "$1RUN ")
    .replace(/ # buildkit(?=$|;)/g, "");
  return written.replace(/([0-9a-f]{8})[0-9a-f]{24,}/g, "$1…").trim();
}
