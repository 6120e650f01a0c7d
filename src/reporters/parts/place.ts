import type { Evidence, Location } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import { visible } from "./visible-text.ts";

/** The first place that a person can open, or undefined. */
export function locationOf(finding: Finding): Location | undefined {
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
  return item.layer === undefined ? at : `${at}, layer ${item.layer + 1}`;
}
