import { defineCheck, fail, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Root file system writable",
  severity: "medium",
  clauses: ["4.4.4-d", "4.1.2-j"],
  why: "Whoever breaks into a container with a writable root file system can install tools in it and change its programs.",
  fix: "Set `securityContext.readOnlyRootFilesystem: true` (`--read-only`) and mount an emptyDir or tmpfs where the process must write.",
  references: ["CIS Docker 1.6.0 5.13"],
  needs: { container },
  evaluate({ container }) {
    const evidence = {
      ...seenIn(container, "readOnlyRootFilesystem"),
      found: container.readOnlyRootFilesystem ? "read-only" : "writable",
      expected: "read-only",
    };
    return !container.readOnlyRootFilesystem ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer({ readOnlyRootFilesystem: true }) }],
    fail: [{ container: exampleContainer() }],
  },
});
