import { countermeasure, recommendation, risk } from "../../catalog/catalog.ts";
import { catalog } from "../../catalog/load.ts";
import type { GuideDocument, RequirementSection } from "../../catalog/schema.ts";
import type { GuideText, ReportInput } from "../../core/reporter.ts";
import { areaTitle } from "../parts/scorecard.ts";
import { is8176, type OscalControl, type OscalGroup, type OscalGuide, type OscalStatement } from "./guide.ts";

/** The guides that recommendations belong to, each a catalog of its own: SP 800-190 as the report was given it, and NISTIR 8176. */
export function guidesOf(input: ReportInput): readonly OscalGuide[] {
  return [guide190(input.guide), guide8176()];
}

/** The clauses (`4.4.3-f`, `8176-5.4-b`) that the catalogs hold: only those can be referred to. */
export function clausesOf(guides: readonly OscalGuide[]): ReadonlySet<string> {
  return new Set(
    guides.flatMap((guide) =>
      guide.groups.flatMap((group) =>
        group.controls.flatMap((control) => control.statements.map((statement) => statement.id)),
      ),
    ),
  );
}

function guide190(text: GuideText): OscalGuide {
  const { document } = catalog.guide;
  return {
    prefix: "sp800-190",
    ...publicationOf(document),
    groups: text.areas.map((area) => ({
      number: area.number,
      title: area.title,
      controls: text.countermeasures
        .filter((item) => item.area === area.id && !is8176(item.id))
        .map((item) => countermeasureControl(item, text)),
    })),
  };
}

function countermeasureControl(item: GuideText["countermeasures"][number], text: GuideText): OscalControl {
  return {
    number: item.id,
    title: item.title,
    summary: item.summary,
    risk: riskOf(item.id),
    statements: text.recommendations.filter((entry) => entry.countermeasure === item.id).map(recommendationStatement),
  };
}

function riskOf(section: string): OscalControl["risk"] {
  const answered = countermeasure(catalog, section)?.risk;
  const found = answered === undefined ? undefined : risk(catalog, answered);
  return found && { number: found.id, title: found.title, text: found.text };
}

function recommendationStatement(item: GuideText["recommendations"][number]): OscalStatement {
  const known = recommendation(catalog, item.id);
  return { id: item.id, text: item.text, class: item.class, enforcement: known?.enforcement, declare: known?.declare };
}

function guide8176(): OscalGuide {
  const { document, sections } = catalog.supplement;
  const chapterOf = (section: RequirementSection) => section.id.charAt("8176-".length);
  const chapters = [...new Set(sections.map(chapterOf))];
  return {
    prefix: "nistir8176",
    ...publicationOf(document),
    groups: chapters.map((chapter) =>
      chapterGroup(
        chapter,
        sections.filter((section) => chapterOf(section) === chapter),
      ),
    ),
  };
}

function chapterGroup(chapter: string, sections: readonly RequirementSection[]): OscalGroup {
  const area = catalog.guide.areas.find((entry) => entry.id === sections[0]!.area);
  return { number: chapter, title: areaTitle(area?.title ?? chapter), controls: sections.map(sectionControl) };
}

function sectionControl(section: RequirementSection): OscalControl {
  return {
    number: section.id.slice("8176-".length),
    title: section.title,
    summary: `Requirements on ${section.title.charAt(0).toLowerCase()}${section.title.slice(1)}.`,
    statements: section.requirements.map(({ id, text, class: kind, enforcement, declare, note }) => ({
      id,
      text,
      class: kind,
      enforcement,
      declare,
      note,
    })),
  };
}

function publicationOf(document: GuideDocument): Pick<OscalGuide, "title" | "source" | "remarks"> {
  return {
    title: `${document.publication} ${document.title}`,
    source: {
      text: `${document.publication}, ${document.title}, ${document.published}`,
      href: `https://doi.org/${document.doi}`,
    },
    remarks: document.note,
  };
}
