import { type Evidence, failEach, notApplicable, unknown, type Verdict } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { shellWord } from "./shell.ts";

/** What a kernel parameter should be. */
export interface ParameterExpectation {
  /** Dotted name: `kernel.kptr_restrict`. */
  readonly name: string;
  /** What is accepted, in words; the first word is the value that a fix sets. */
  readonly expected: string;
  accepts(value: string): boolean;
  readonly severity?: Severity;
  /** What holds on a kernel without the parameter, where that is a fault too. */
  readonly absent?: string;
  /** Names the finding where several parameters make one; the name otherwise. */
  readonly key?: string;
}

/** Accepts one of the given values. */
export function oneOf(name: string, ...values: readonly string[]): ParameterExpectation {
  return { name, expected: values.join(" or "), accepts: (value) => values.includes(value) };
}

/** Accepts integers from `least` on. */
export function atLeastNumber(name: string, least: number, recommended = least): ParameterExpectation {
  const expected = recommended === least ? `${least} or more` : `${recommended} (at least ${least})`;
  return { name, expected, accepts: (value) => Number(value) >= least };
}

/** The kernel parameters as the fact host/sysctl has them. */
export interface ParametersInForce {
  readonly values: Readonly<Record<string, string>>;
  readonly unreadable: Readonly<Record<string, string>>;
}

/** Fails with each parameter that is not as expected. A parameter that the kernel does not have is judged only where its absence is a fault too; one that could not be read leaves the verdict unknown. */
export function judgeParameters(found: ParametersInForce, expectations: readonly ParameterExpectation[]): Verdict {
  const known = expectations.filter(({ name }) => found.values[name] !== undefined);
  const wrong = known.filter(({ name, accepts }) => !accepts(found.values[name]!));
  const hidden = expectations.filter(({ name }) => found.unreadable[name] !== undefined);
  if (wrong.length === 0 && hidden.length > 0) {
    return unknown(hidden.map(({ name }) => found.unreadable[name]).join("; "), "collect the facts with root's rights");
  }
  if (known.length === 0)
    return notApplicable(`this kernel has no parameter ${expectations.map(({ name }) => name).join(", ")}`);
  const lacking = expectations.filter(
    ({ name, absent }) =>
      absent !== undefined && found.values[name] === undefined && found.unreadable[name] === undefined,
  );
  const seen = known.map(({ name }) => `${name} = ${found.values[name]}`).join(", ");
  return failEach(
    [
      ...wrong.map((expectation) => parameterEvidence(expectation, found.values[expectation.name]!)),
      ...lacking.map(lackEvidence),
    ],
    { at: known.length === 1 ? parameterPath(known[0]!.name) : "/proc/sys", found: seen },
  );
}

function parameterEvidence({ name, expected, severity, key = name }: ParameterExpectation, found: string): Evidence {
  return {
    at: parameterPath(name),
    found,
    expected,
    key,
    fix: parameterFix(name, expected.split(" ")[0]!),
    ...(severity ? { severity } : {}),
  };
}

function lackEvidence({ name, expected, severity, key = name, absent = "" }: ParameterExpectation): Evidence {
  return {
    at: parameterPath(name),
    found: `this kernel does not have it: ${absent}`,
    expected,
    key,
    ...(severity ? { severity } : {}),
  };
}

/** The file of a parameter: dots are slashes, a slash in the name is a dot (sysctl(8)). */
export function parameterPath(name: string): string {
  return `/proc/sys/${name.replaceAll(/[./]/g, (mark) => (mark === "." ? "/" : "."))}`;
}

/** Shell text that sets a parameter now and at every start; running it twice changes nothing more. */
export function parameterFix(name: string, value: string): string {
  const file = `/etc/sysctl.d/90-${name.replaceAll(/[^A-Za-z0-9]+/g, "-")}.conf`;
  return `printf '%s\\n' ${shellWord(`${name} = ${value}`)} > ${file} && sysctl --load=${file}`;
}
