import { Environment } from "@marcbachmann/cel-js";
import type { JudgedCheck, Verdict } from "../core/check.ts";
import { fail, pass, unknown } from "../core/check.ts";
import type { Clause } from "../core/clause.ts";
import { AppError, messageOf } from "../core/errors.ts";
import type { Fact } from "../core/fact.ts";
import type { CustomCheckEntry } from "./policy-file.ts";

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  limits: { maxAstNodes: 10_000, maxDepth: 100 },
});

/** Makes a check of a custom check's entry. Throws `CONFIG_INVALID` when its fact does not exist or its CEL cannot be parsed. */
export function customCheck(entry: CustomCheckEntry, facts: ReadonlyMap<string, Fact>, file: string): JudgedCheck {
  const fact = facts.get(entry.fact);
  if (!fact)
    throw invalid(file, entry, `there is no fact ${entry.fact}`, `the facts are: ${[...facts.keys()].join(", ")}`);
  const judge = compile(entry.expression, entry, file);
  const show = entry.found === undefined ? undefined : compile(entry.found, entry, file);
  return {
    title: entry.title,
    severity: entry.severity,
    clauses: entry.clauses as [Clause, ...Clause[]],
    why: entry.why,
    fix: entry.fix,
    needs: { fact },
    evaluate: (given, context): Verdict =>
      verdict(entry, judge, show, { fact: given["fact"], settings: context.settings }),
  };
}

type Expression = (variables: Record<string, unknown>) => unknown;

function verdict(
  entry: CustomCheckEntry,
  judge: Expression,
  show: Expression | undefined,
  variables: Record<string, unknown>,
): Verdict {
  const answer = attempt(judge, variables);
  // CEL answers an absent field with an error: what is not there cannot pass.
  if ("problem" in answer)
    return unknown(`${entry.expression}: ${answer.problem}`, `guard the field with has() in custom check ${entry.id}`);
  if (typeof answer.value !== "boolean")
    return unknown(
      `${entry.expression} gives ${typeof answer.value}, not true or false`,
      `change custom check ${entry.id}`,
    );
  const shown = show === undefined ? { value: answer.value } : attempt(show, variables);
  const found = "problem" in shown ? shown.problem : plain(shown.value);
  const evidence = { at: entry.fact, found, expected: entry.expression };
  return answer.value ? pass(evidence) : fail(evidence);
}

function attempt(expression: Expression, variables: Record<string, unknown>): { value: unknown } | { problem: string } {
  try {
    return { value: expression(variables) };
  } catch (error) {
    return { problem: messageOf(error).split("\n")[0] ?? "" };
  }
}

/** CEL integers are bigints, which JSON cannot hold. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  return value;
}

function compile(source: string, entry: CustomCheckEntry, file: string): Expression {
  try {
    return environment.parse(source) as Expression;
  } catch (error) {
    throw invalid(file, entry, `${JSON.stringify(source)} is not CEL: ${messageOf(error).split("\n")[0]}`);
  }
}

function invalid(
  file: string,
  entry: CustomCheckEntry,
  why: string,
  hint = "docs/policy.md explains custom checks",
): AppError {
  return new AppError("CONFIG_INVALID", `${file}: customChecks ${entry.id}: ${why}`, { hint });
}
