import { defineCheck, fail, pass } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { openVerdict } from "../../facts/image/instruction.ts";

export default defineCheck({
  title: "Image runs as root",
  severity: "high",
  clauses: ["4.1.2-b"],
  why: "Whoever takes over the process starts with root's rights inside the container, and one flaw of the kernel or runtime away from root on the host.",
  fix: "End the Dockerfile with USER and a numeric id above 0, and give that user what it must write.",
  references: ["CIS Docker 1.6.0 4.1"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    const open = openVerdict(configuration, "user");
    if (open !== undefined) return open;
    const [user = ""] = configuration.user.split(":");
    const evidence = {
      at: "configuration: User",
      found: configuration.user === "" ? "not set, so root" : configuration.user,
      expected: "a user other than root",
      location: configuration.places["user"],
    };
    // The account of Windows images that may do everything.
    if (/^(?:.*\\)?ContainerAdministrator$/i.test(user)) return fail(evidence);
    return ["", "root", "0"].includes(user.replace(/^\+?0+(?=\d)|^\+(?=0$)/, "")) ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ configuration: { user: "1000" } }, { configuration: { user: "app:app" } }],
    fail: [
      { configuration: {} },
      { configuration: { user: "root" } },
      { configuration: { user: "0:1000" } },
      { configuration: { user: "00" } },
      { configuration: { user: "+0" } },
      { configuration: { user: "ContainerAdministrator" } },
      { configuration: { user: "root", places: { user: { file: "Dockerfile", line: 12 } } } },
    ],
    unknown: [{ configuration: { open: [{ setting: "user", reason: "its base's holds", remedy: "build it" }] } }],
  },
});
