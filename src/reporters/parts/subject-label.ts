import type { Finding } from "../../core/finding.ts";
import type { Target } from "../../core/snapshot.ts";
import { subjectNames } from "../../core/subject.ts";
import { visible } from "./visible-text.ts";

/** A subject in few words: kind and names of what is below its target (`container web/api/app`), after the target's name where there are several targets. */
export function subjectLabel(finding: Finding, targets: readonly Target[]): string {
  const target = targets.find(
    ({ subject }) => finding.subject === subject || finding.subject.startsWith(`${subject}/`),
  );
  if (target === undefined) return visible(finding.subjectName);
  if (finding.subject === target.subject) return visible(target.name);
  const label = pathLabel(finding.subject.slice(target.subject.length + 1));
  return visible(targets.length === 1 ? label : `${target.name} ${label}`);
}

/** `namespace/web/pod/api/container/app` is pairs of kind and name: the last kind says what it is, the names say which. */
function pathLabel(path: string): string {
  const steps = subjectNames(path);
  if (steps.length % 2 === 1) return steps.join("/");
  return `${steps.at(-2)} ${steps.filter((_, index) => index % 2 === 1).join("/")}`;
}
