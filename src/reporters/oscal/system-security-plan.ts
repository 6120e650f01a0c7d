import type { ReportInput } from "../../core/reporter.ts";
import { metadata, type OscalObject, property, prose, uuidOf } from "./document.ts";
import { controlOfSection } from "./guide.ts";
import { assessedSections } from "./selection.ts";

/** A placeholder for the organisation's system security plan, which an assessment plan has to import. It states nothing about how controls are implemented. */
export function systemSecurityPlanDocument(input: ReportInput): OscalObject {
  const identities = input.assessment.snapshot.content.targets.map((target) => target.identity);
  const placeholder = property("placeholder", true);
  return {
    "system-security-plan": {
      uuid: uuidOf("ssp", ...identities),
      metadata: metadata("Placeholder for a system security plan", input, {
        props: [placeholder],
        remarks: prose(
          "OSCAL requires an assessment plan to import a system security plan. Replace this one with your own: keep the file name or change import-ssp.",
        ),
      }),
      "import-profile": { href: "profile.json" },
      "system-characteristics": {
        "system-ids": [{ "identifier-type": "http://ietf.org/rfc/rfc4122", id: uuidOf("system", ...identities) }],
        "system-name": "Container platform",
        description: prose("The container platform that was assessed."),
        "system-information": {
          "information-types": [
            {
              title: "Not stated",
              description: prose("Which information the platform processes is for the organisation to state."),
            },
          ],
        },
        status: { state: "other", remarks: prose("Not stated.") },
        "authorization-boundary": { description: prose("Not stated.") },
      },
      "system-implementation": {
        users: [{ uuid: uuidOf("user", "not-stated"), title: "Not stated", props: [placeholder] }],
        components: [
          {
            uuid: uuidOf("this-system", ...identities),
            type: "this-system",
            title: "Container platform",
            description: prose("The system as a whole."),
            status: { state: "other" },
          },
        ],
      },
      "control-implementation": {
        description: prose("How controls are implemented is for the organisation to state."),
        "implemented-requirements": assessedSections(input).map((section) => ({
          uuid: uuidOf("ssp-requirement", section),
          "control-id": controlOfSection(section),
          props: [placeholder],
          remarks: prose("Not stated."),
        })),
      },
    },
  };
}
