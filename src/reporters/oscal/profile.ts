import type { ReportInput } from "../../core/reporter.ts";
import { catalogFile } from "./catalog.ts";
import { metadata, type OscalObject, prose, some, uuidOf } from "./document.ts";
import { setParameters } from "./parameters.ts";
import { assessedSections, controlsOf } from "./selection.ts";

/** The profile: the controls of the areas that were assessed, with the values that the organisation decided. */
export function profileDocument(input: ReportInput): OscalObject {
  const sections = assessedSections(input);
  const values = some(setParameters(input, new Set(sections)));
  const imports = [
    importOf(catalogFile("sp800-190"), controlsOf(sections, "sp800-190")),
    importOf(catalogFile("nistir8176"), controlsOf(sections, "nistir8176")),
  ].flat();
  return {
    profile: {
      uuid: uuidOf("profile", ...sections),
      metadata: metadata("Assessed areas of NIST SP 800-190", input, {
        remarks: prose(
          "Selects the controls of the areas in which Plimsoll could assess anything. Parameters have values where the policy file decides them.",
        ),
      }),
      imports: imports.length > 0 ? imports : [{ href: catalogFile("sp800-190"), "include-all": {} }],
      merge: { "as-is": true },
      modify: values && { "set-parameters": values },
    },
  };
}

function importOf(href: string, controls: readonly string[]): OscalObject[] {
  return controls.length === 0 ? [] : [{ href, "include-controls": [{ "with-ids": controls }] }];
}
