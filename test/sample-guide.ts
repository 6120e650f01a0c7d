import type { GuideRecommendation } from "../src/core/assessment.ts";
import type { GuideText } from "../src/core/reporter.ts";

const recommendationTexts: readonly [id: string, machine: GuideRecommendation["class"], text: string][] = [
  ["4.1.1-c", "machine", "The examination reaches all layers of an image."],
  ["4.1.1-e", "declaration", "Reports of image vulnerabilities suit the way the organization works."],
  ["4.1.1-f", "machine", "A quality gate lets an image pass only if it meets the policies."],
  ["4.1.2-b", "machine", "Images run as a user without privileges."],
  ["4.1.4-a", "machine", "Secrets are kept outside images."],
  ["4.2.1-a", "machine", "Registries are reached over encrypted channels only."],
  ["4.2.1-b", "machine", "Pushes and pulls run between trusted endpoints."],
  ["4.3.1-a", "machine", "Administrative access is confined to what each user needs."],
  ["4.3.2-a", "machine", "Access to cluster-wide accounts is controlled tightly."],
  ["4.4.3-c", "machine", "Containers do not mount sensitive parts of the host."],
  ["4.4.3-d", "machine", "Containers run with the fewest privileges."],
  ["4.5.4-a", "machine-and-declaration", "Interactive logins to hosts are audited."],
  ["4.6-g", "declaration", "The provider states how its hosts are rooted in hardware."],
];
const areaIds = ["image", "registry", "orchestrator", "container", "host", "hardware"] as const;
const areaTitles = ["Image", "Registry", "Orchestrator", "Container", "Host OS", "Hardware"];
const areaOfSection = (section: string) => areaIds[Number(section.charAt(2)) - 1]!;
const sectionOfId = (id: string) => id.slice(0, id.lastIndexOf("-"));
const countermeasureTitles: Readonly<Record<string, string>> = {
  "4.1.1": "Image vulnerabilities",
  "4.1.2": "Image configuration defects",
  "4.1.4": "Embedded clear text secrets",
  "4.2.1": "Insecure connections to registries",
  "4.3.1": "Unbounded administrative access",
  "4.3.2": "Unauthorized access",
  "4.4.3": "Insecure container runtime configurations",
  "4.5.4": "Improper user access rights",
  "4.6": "Hardware countermeasures",
};

/** The part of the guide that the sample is judged by. */
export const sampleGuide: GuideText = {
  title: "Application Container Security Guide",
  areas: areaIds.map((id, index) => ({ id, number: `4.${index + 1}`, title: `${areaTitles[index]} Countermeasures` })),
  countermeasures: Object.entries(countermeasureTitles).map(([id, title]) => ({
    id,
    area: areaOfSection(id),
    title,
    summary: `What answers the risk "${title}".`,
  })),
  recommendations: recommendationTexts.map(([id, kind, text]) => ({
    id,
    countermeasure: sectionOfId(id),
    area: areaOfSection(id),
    class: kind,
    text,
  })),
};
