import { areaEntry, clause, controlsOf, countermeasure, requirementSection, risk } from "../catalog/catalog.ts";
import { catalog } from "../catalog/load.ts";
import type { Requirement } from "../catalog/schema.ts";
import { checks } from "../checks/index.generated.ts";
import { checksByRecommendation } from "../core/assessment.ts";
import { prettyJson } from "../core/canonical-json.ts";
import { AppError } from "../core/errors.ts";
import { write } from "./output.ts";

/** `plimsoll catalog show [ID]`. */
export async function show(given: readonly unknown[]): Promise<void> {
  const [id, options] = given as [string | undefined, { format: string }];
  const entry = id === undefined ? catalog.guide : entryOf(id);
  if (entry === undefined)
    throw new AppError("USAGE", `the guides have no ${id}`, {
      hint: 'an id is written 4.4.3, 4.4.3-f, 3.4.3, 8176-5.4-b or image; "plimsoll catalog show" lists them',
    });
  await write(options.format === "json" ? prettyJson(entry) : `${textOf(id).join("\n")}\n`, undefined);
}

function entryOf(id: string): unknown {
  return (
    areaEntry(catalog, id) ??
    countermeasure(catalog, id) ??
    risk(catalog, id) ??
    clause(catalog, id) ??
    requirementSection(catalog, id)
  );
}

function textOf(id: string | undefined): string[] {
  if (id === undefined) return catalog.guide.areas.flatMap((area) => [...areaText(area.id), ""]).slice(0, -1);
  if (areaEntry(catalog, id)) return areaText(id);
  if (countermeasure(catalog, id)) return countermeasureText(id);
  const found = risk(catalog, id);
  if (found)
    return [
      `${found.id} ${found.title}`,
      "",
      found.text,
      "",
      `answered by ${found.countermeasure} ${countermeasure(catalog, found.countermeasure)?.title}`,
    ];
  const section = requirementSection(catalog, id);
  if (section)
    return [`${section.id} ${section.title}`, "", ...section.requirements.flatMap((requirement) => line(requirement))];
  return clauseText(clause(catalog, id)!);
}

function areaText(id: string): string[] {
  const area = areaEntry(catalog, id);
  const entries = catalog.guide.countermeasures.filter((entry) => entry.area === id);
  return [
    `${area?.section} ${area?.title}`,
    ...entries.map(
      (entry) => `  ${entry.id.padEnd(6)} ${entry.title}  (${entry.recommendations.length} recommendations)`,
    ),
  ];
}

function countermeasureText(id: string): string[] {
  const entry = countermeasure(catalog, id)!;
  const answered = entry.risk === undefined ? [] : [`answers risk ${entry.risk} ${risk(catalog, entry.risk)?.title}`];
  return [
    `${entry.id} ${entry.title}`,
    ...answered,
    `SP 800-53 Rev 5 (our mapping): ${controlsOf(catalog, id).join(", ")}`,
    "",
    entry.summary,
    "",
    ...entry.recommendations.flatMap((one) => line(one)),
  ];
}

function line(one: Requirement): string[] {
  const given = checksByRecommendation(checks).get(one.id) ?? [];
  return [
    `${one.id.padEnd(9)} ${one.text}`,
    `${" ".repeat(10)}${one.class}; ${given.length === 0 ? "no check yet" : `checks: ${given.join(", ")}`}`,
  ];
}

function clauseText(one: Requirement): string[] {
  const given = checksByRecommendation(checks).get(one.id) ?? [];
  return [
    one.id,
    "",
    one.text,
    "",
    `decided by      ${one.class}`,
    ...(one.enforcement ? [`enforceable at  ${one.enforcement.join(", ")}`] : []),
    ...(one.declare === undefined ? [] : [`to declare      ${one.declare}`]),
    ...(one.note === undefined ? [] : [`note            ${one.note}`]),
    ...(one.relates ? [`relates to      ${one.relates.join(", ")}`] : []),
    `checks          ${given.length === 0 ? "none yet" : given.join(", ")}`,
  ];
}
