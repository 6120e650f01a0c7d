import type { Evidence } from "../../../core/check.ts";
import { accessFixes } from "./access.ts";
import { containerFixes } from "./containers.ts";
import { fileFixes } from "./files.ts";
import { fixPrelude, type HostFix, type HostFixes } from "./fix.ts";
import { kernelFixes } from "./kernel.ts";
import { serviceFixes } from "./services.ts";

const all: HostFixes = { ...kernelFixes, ...accessFixes, ...serviceFixes, ...fileFixes, ...containerFixes };

/** The fix of a host check by its id (`host/guarded-file-open`); undefined for a check of another area. */
export function hostFixOf(check: string): HostFix | undefined {
  return check.startsWith("host/") ? all[check.slice("host/".length)] : undefined;
}

/** The ids of all checks that have a fix. */
export function fixedChecks(): string[] {
  return Object.keys(all).map((name) => `host/${name}`);
}

/** A failed item of a host check. */
export interface FixableItem {
  readonly check: string;
  readonly title: string;
  /** What to do in words, of the check or its item. */
  readonly fix: string;
  readonly evidence: Evidence;
}

/**
 * One script of POSIX sh for failed items: a step for each that a script can put right, with its impact on containers, and as comments what a person must do
 * and why. Equal steps are taken once. Running it twice leaves the host as once.
 */
export function fixScript(items: readonly FixableItem[]): string {
  const steps = new Map<string, string>();
  const left: string[] = [];
  for (const { check, title, fix, evidence } of items) {
    const own = hostFixOf(check);
    if (own === undefined) continue;
    const heading = `# ${comment(`${title} (${check})${evidence.key ? `: ${evidence.key}` : ""}`)}`;
    const impact = `# Impact on containers: ${comment(own.impact)}`;
    const script = own.script?.(evidence);
    if (script !== undefined) {
      if (!steps.has(script)) steps.set(script, `${heading}\n${impact}\n${script}\n`);
    } else
      left.push(
        `${heading}\n# ${comment(`By hand: ${fix}`)}\n# ${comment(`No script: ${own.byHand ?? "it needs a person's decision"}`)}\n${impact}\n`,
      );
  }
  return [fixPrelude, ...steps.values(), ...left].join("\n");
}

/** One line whatever was found: a line break would end the comment and begin a command. */
function comment(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, " ").slice(0, 600);
}
