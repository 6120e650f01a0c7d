import { checks } from "../checks/index.generated.ts";
import { prettyJson } from "../core/canonical-json.ts";
import type { Check } from "../core/check.ts";
import { areaOf, byClause } from "../core/clause.ts";
import { AppError } from "../core/errors.ts";
import { write } from "./output.ts";

/** `plimsoll checks list [filter]`. */
export async function list(given: readonly unknown[]): Promise<void> {
  const [filter, options] = given as [string | undefined, { format: string }];
  const chosen = [...checks].filter(
    ([id, check]) =>
      filter === undefined ||
      id.includes(filter) ||
      check.clauses.some((clause) => clause === filter || clause.startsWith(`${filter}-`)),
  );
  if (chosen.length === 0)
    throw new AppError("USAGE", `no check matches ${filter}`, { hint: 'see "plimsoll checks list"' });
  const formats: Record<string, () => string> = {
    json: () => prettyJson(chosen.map(([id, check]) => asData(id, check))),
    markdown: () =>
      `| check | severity | recommendations | fails on |\n| --- | --- | --- | --- |\n${chosen.map(([id, check]) => `| ${id} | ${check.severity} | ${clausesOf(check)} | ${check.title} |`).join("\n")}\n`,
    terminal: () => table(chosen),
  };
  await write(formats[options.format]!(), undefined);
}

function table(chosen: readonly (readonly [string, Check])[]): string {
  const width = Math.max(...chosen.map(([id]) => id.length));
  const rows = chosen.map(
    ([id, check]) => `${id.padEnd(width)}  ${check.severity.padEnd(8)}  ${check.title}  (${clausesOf(check)})`,
  );
  return `${rows.join("\n")}\n${chosen.length} checks\n`;
}

function clausesOf(check: Check): string {
  return [...check.clauses].sort(byClause).join(", ");
}

function asData(id: string, check: Check) {
  const { title, severity, why, fix, references } = check;
  return {
    id,
    area: areaOf(check.clauses[0]),
    title,
    severity,
    recommendations: [...check.clauses].sort(byClause),
    why,
    fix,
    references,
    facts: Object.values(check.needs).map((fact) => fact.id),
  };
}

/** `plimsoll checks show ID`. */
export async function show(given: readonly unknown[]): Promise<void> {
  const [id] = given as [string];
  const check = checks.get(id);
  if (!check) {
    const near = [...checks.keys()].filter((known) => known.includes(id.split("/").at(-1) ?? id));
    throw new AppError("USAGE", `there is no check ${id}`, {
      hint: near.length > 0 ? `did you mean ${near.slice(0, 3).join(", ")}?` : 'see "plimsoll checks list"',
    });
  }
  const lines = [
    `${id}: ${check.title}`,
    `severity         ${check.severity}`,
    `recommendations  ${clausesOf(check)}`,
    `reads            ${Object.values(check.needs)
      .map((fact) => `${fact.id} (${fact.summary})`)
      .join(", ")}`,
    ...(check.references ? [`elsewhere        ${check.references.join(", ")}`] : []),
    "",
    check.why,
    "",
    `Fix: ${check.fix}`,
    "",
    "Fails on, for example:",
    ...check.examples.fail.map((example) => `  ${JSON.stringify(example)}`),
    "Passes on, for example:",
    ...check.examples.pass.map((example) => `  ${JSON.stringify(example)}`),
  ];
  await write(`${lines.join("\n")}\n`, undefined);
}
