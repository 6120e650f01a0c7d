import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Nothing keeps the container from running as root",
  severity: "medium",
  clauses: ["4.1.2-b"],
  why: "Unless the pod demands it, an image whose user is changed to root, by its maker or by whoever replaces it, runs as root unnoticed.",
  fix: "Set `securityContext.runAsNonRoot: true` in the pod.",
  references: ["Pod Security Standards restricted: Running as Non-root"],
  needs: { container },
  evaluate({ container }) {
    if (container.runtime !== "kubernetes") return notApplicable("only Kubernetes can demand it");
    if (container.hostNamespaces.user === false)
      return notApplicable("root in its user namespace is an unprivileged user of the host");
    const expected = true;
    if (container.podSettings?.runAsNonRoot === false)
      return fail({ ...seenIn(container, "podSettings.runAsNonRoot"), found: false, expected });
    const evidence = { ...seenIn(container, "runAsNonRoot"), found: container.runAsNonRoot ?? "not set", expected };
    return container.runAsNonRoot === true ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer({ runAsNonRoot: true }) }],
    fail: [
      { container: exampleContainer() },
      { container: exampleContainer({ runAsNonRoot: false }) },
      { container: exampleContainer({ runAsNonRoot: true, podSettings: { runAsNonRoot: false } }) },
    ],
    notApplicable: [
      { container: exampleContainer({ runtime: "docker" }) },
      { container: exampleContainer({ hostNamespaces: { network: false, pid: false, ipc: false, user: false } }) },
    ],
  },
});
