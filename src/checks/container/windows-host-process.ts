import { defineCheck, fail, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Windows HostProcess container",
  severity: "critical",
  clauses: ["4.4.3-b"],
  why: "A HostProcess container is no container: its processes run on the Windows host itself.",
  fix: "Remove `windowsOptions.hostProcess: true`.",
  references: ["Pod Security Standards baseline: HostProcess"],
  needs: { container },
  evaluate({ container }) {
    const evidence = {
      ...seenIn(container, "windowsHostProcess"),
      found: container.windowsHostProcess,
      expected: false,
    };
    return container.windowsHostProcess || container.podSettings?.windowsHostProcess === true
      ? fail(evidence)
      : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer({ operatingSystem: "windows" }) }],
    fail: [{ container: exampleContainer({ operatingSystem: "windows", windowsHostProcess: true }) }],
  },
});
