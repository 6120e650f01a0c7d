import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Processes may gain privileges",
  severity: "medium",
  clauses: ["4.4.3-b"],
  why: "Without no_new_privs a process can gain rights by running a set-user-ID program, so that a non-root user in the image protects less than it seems.",
  fix: "Set `securityContext.allowPrivilegeEscalation: false` (`--security-opt no-new-privileges`).",
  references: [
    "Pod Security Standards restricted: Privilege Escalation",
    "CIS Docker 1.6.0 5.26",
    "CIS Kubernetes 1.10.0 5.2.6",
  ],
  needs: { container },
  evaluate({ container }) {
    if (container.operatingSystem === "windows") return notApplicable("Windows has no set-user-ID programs");
    const evidence = {
      ...seenIn(container, "allowPrivilegeEscalation"),
      found: container.allowPrivilegeEscalation ?? "not set, which allows it",
      expected: false,
    };
    return container.allowPrivilegeEscalation !== false ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer({ allowPrivilegeEscalation: false }) }],
    fail: [{ container: exampleContainer() }, { container: exampleContainer({ allowPrivilegeEscalation: true }) }],
    notApplicable: [{ container: exampleContainer({ operatingSystem: "windows" }) }],
  },
});
