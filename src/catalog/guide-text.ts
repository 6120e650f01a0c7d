import type { GuideRecommendation } from "../core/assessment.ts";
import type { GuideText } from "../core/reporter.ts";
import { catalog } from "./load.ts";

/** SP 800-190 as reports and the engine read it: flat lists in the guide's order. */
export const guideText: GuideText & {
  readonly recommendations: readonly (GuideRecommendation & GuideText["recommendations"][number])[];
} = {
  title: `${catalog.guide.document.publication}: ${catalog.guide.document.title}`,
  areas: catalog.guide.areas.map(({ id, section, title }) => ({ id, number: section, title })),
  countermeasures: catalog.guide.countermeasures.map(({ id, area, title, summary }) => ({ id, area, title, summary })),
  recommendations: catalog.guide.countermeasures.flatMap((countermeasure) =>
    countermeasure.recommendations.map(({ id, text, class: kind }) => ({
      id,
      countermeasure: countermeasure.id,
      area: countermeasure.area,
      text,
      class: kind,
    })),
  ),
};
