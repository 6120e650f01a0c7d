import type { ReportInput } from "../../core/reporter.ts";
import type { Settings } from "../../core/settings.ts";
import { line, type OscalObject } from "./document.ts";

interface Parameter {
  readonly section: string;
  readonly id: string;
  readonly label: string;
  readonly usage: string;
  readonly values: (settings: Settings) => readonly string[];
}

/** What the guide leaves to the organisation and the policy file decides. */
const parameters: readonly Parameter[] = [
  {
    section: "4.1.1",
    id: "sp800-190-4.1.1_prm.cvss-threshold",
    label: "CVSS threshold",
    usage: "CVSS base score from which a vulnerability in an image fails.",
    values: (settings) => [String(settings.cvssThreshold)],
  },
  {
    section: "4.1.2",
    id: "sp800-190-4.1.2_prm.max-image-age",
    label: "maximum age of an image",
    usage: "Days after which an image counts as stale.",
    values: (settings) => [`${settings.maxImageAgeDays} days`],
  },
  {
    section: "4.1.2",
    id: "sp800-190-4.1.2_prm.trusted-bases",
    label: "trusted base images",
    usage: "Repositories of base images that may be built on.",
    values: (settings) => settings.trustedBases,
  },
  {
    section: "4.1.5",
    id: "sp800-190-4.1.5_prm.trusted-registries",
    label: "trusted registries",
    usage: "Registries that images may come from.",
    values: (settings) => settings.trustedRegistries,
  },
  {
    section: "4.3.4",
    id: "sp800-190-4.3.4_prm.sensitivity-levels",
    label: "sensitivity levels",
    usage: "Levels of sensitivity in use, the least sensitive first.",
    values: (settings) => settings.sensitivityLevels,
  },
];

/** The parameters of a countermeasure, for the catalog. */
export function parametersOf(section: string): OscalObject[] {
  return parameters
    .filter((parameter) => parameter.section === section)
    .map(({ id, label, usage }) => ({ id, label, usage }));
}

/** The values that the organisation decided, for the profile. Nothing where the report was not given them or they were left open: a default must not pass for a decision. */
export function setParameters(input: ReportInput, sections: ReadonlySet<string>): OscalObject[] {
  const { settings } = input;
  if (settings === undefined) return [];
  return parameters.flatMap((parameter) => {
    const values = parameter.values(settings).map(line);
    return values.length > 0 && sections.has(parameter.section) ? [{ "param-id": parameter.id, values }] : [];
  });
}
