import type { Location } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import type { Target } from "../../core/snapshot.ts";
import { subjectNames } from "../../core/subject.ts";
import { locationOf } from "./place.ts";
import { visible } from "./visible-text.ts";

/** What a result is about and where it was seen. */
type Placed = Pick<Finding, "subject" | "subjectName" | "evidence">;

/** Where a result is: the file that a person can open; otherwise the target, since code hosts drop a result without an artifact. The subject is its logical location. */
export function resultLocation(finding: Placed, targets: readonly Target[]): Record<string, unknown> {
  const location = locationOf(finding);
  return {
    physicalLocation: location
      ? inFile(location)
      : { artifactLocation: { uri: relativeUri(targetName(finding, targets)) } },
    logicalLocations: [
      {
        name: visible(finding.subjectName),
        fullyQualifiedName: visible(finding.subject),
        kind: subjectNames(finding.subject).at(-2) ?? "resource",
      },
    ],
  };
}

function inFile(location: Location): Record<string, unknown> {
  const { line, column } = location;
  return {
    artifactLocation: artifactOf(location.file),
    ...(line === undefined || line < 1
      ? {}
      : { region: { startLine: line, ...(column === undefined || column < 1 ? {} : { startColumn: column }) } }),
  };
}

/** An absolute path becomes a file URI; any other is relative to where Plimsoll was started. */
function artifactOf(file: string): Record<string, string> {
  const path = file.replaceAll("\\", "/");
  if (path.startsWith("/")) return { uri: `file://${encodedPath(path)}` };
  if (/^[A-Za-z]:\//.test(path)) return { uri: `file:///${path.slice(0, 2)}${encodedPath(path.slice(2))}` };
  return { uri: relativeUri(path), uriBaseId: "%SRCROOT%" };
}

function targetName(finding: Placed, targets: readonly Target[]): string {
  return (
    targets.find((target) => finding.subject === target.subject || finding.subject.startsWith(`${target.subject}/`))
      ?.name ?? finding.subject
  );
}

/** A relative URI reference (RFC 3986 §4.2). `./` steps are dropped, as a file must have one spelling; a colon is encoded, so that no first step is taken for a scheme. */
function relativeUri(path: string): string {
  const steps = path.split("/").filter((step, index) => step !== "." && (step !== "" || index > 0));
  return encodedPath(steps.join("/")) || "unnamed";
}

function encodedPath(path: string): string {
  // Half a surrogate pair has no UTF-8 form to encode.
  return path
    .replace(/\p{Cs}/gu, "\ufffd")
    .split("/")
    .map(encodeURIComponent)
    .join("/");
}
