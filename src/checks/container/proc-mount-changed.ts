import { defineCheck, fail, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "/proc mounted otherwise than by default",
  severity: "low",
  clauses: ["8176-5.3-b"],
  why: "Even in a user namespace an unmasked /proc tells the container about the host.",
  fix: "Remove `procMount` or set it to Default.",
  references: ["Pod Security Standards restricted: /proc Mount Type"],
  needs: { container },
  evaluate({ container }) {
    const evidence = {
      ...seenIn(container, "procMount"),
      found: container.procMount ?? "Default",
      expected: "Default",
    };
    return container.procMount === undefined || container.procMount === "Default" ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer() }],
    fail: [
      {
        container: exampleContainer({
          procMount: "Unmasked",
          hostNamespaces: { network: false, pid: false, ipc: false, user: false },
        }),
      },
    ],
  },
});
