import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "No seccomp profile set",
  severity: "medium",
  clauses: ["4.4.3-f"],
  why: "Kubernetes runs a container without seccomp unless its manifest, or the kubelet of each node it may land on, says otherwise.",
  fix: "Set `securityContext.seccompProfile: {type: RuntimeDefault}` in the pod.",
  references: ["Pod Security Standards restricted: Seccomp", "CIS Kubernetes 1.10.0 5.7.2"],
  needs: { container },
  evaluate({ container }) {
    if (container.operatingSystem === "windows") return notApplicable("Windows has no seccomp");
    if (container.runtime !== "kubernetes")
      return notApplicable("container engines apply their default profile where none is set");
    const effective = container.seccomp?.kind;
    const evidence = {
      ...seenIn(container, "seccomp"),
      found: effective ?? "not set",
      expected: "runtime-default or a profile of its own",
    };
    const shared = container.podSettings?.seccomp?.kind;
    if (shared !== undefined && !isProfile(shared))
      return fail({ ...seenIn(container, "podSettings.seccomp"), found: shared, expected: evidence.expected });
    return isProfile(effective) ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [
      { container: exampleContainer({ seccomp: { kind: "runtime-default" } }) },
      { container: exampleContainer({ seccomp: { kind: "localhost", profile: "shop.json" } }) },
    ],
    fail: [{ container: exampleContainer() }, { container: exampleContainer({ seccomp: { kind: "unconfined" } }) }],
    notApplicable: [
      { container: exampleContainer({ runtime: "docker" }) },
      { container: exampleContainer({ operatingSystem: "windows" }) },
    ],
  },
});

function isProfile(kind: string | undefined): boolean {
  return kind === "runtime-default" || kind === "localhost";
}
