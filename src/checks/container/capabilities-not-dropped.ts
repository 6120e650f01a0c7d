import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { capabilityName } from "../../facts/container/capabilities.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Default capabilities kept",
  severity: "medium",
  clauses: ["8176-5.6-d", "4.4.3-b"],
  why: "Runtimes give a container over ten capabilities that hardly any program needs, and kernel flaws often need one of them.",
  fix: "Set `capabilities: {drop: [ALL]}` (`--cap-drop ALL`) and add only NET_BIND_SERVICE, or what the process is seen to need.",
  references: ["Pod Security Standards restricted: Capabilities", "CIS Kubernetes 1.10.0 5.2.10"],
  needs: { container },
  evaluate({ container }) {
    if (container.operatingSystem === "windows") return notApplicable("Windows has no Linux capabilities");
    const exact = container.runtime === "kubernetes";
    const named = (texts: readonly string[]) => (exact ? [...texts] : texts.map(capabilityName));
    const kept = named(container.capabilities.drop).includes("ALL")
      ? []
      : [
          {
            ...seenIn(container, "capabilities.drop"),
            key: "drop",
            found: container.capabilities.drop,
            expected: ["ALL"],
          },
        ];
    const added = named(container.capabilities.add)
      .filter((capability) => capability !== "NET_BIND_SERVICE")
      .map((capability) => ({
        ...seenIn(container, "capabilities.add"),
        key: capability,
        found: `${capability} added`,
        expected: "NET_BIND_SERVICE at most",
      }));
    return failEach([...kept, ...added], {
      ...seenIn(container, "capabilities.drop"),
      found: container.capabilities.drop,
      expected: ["ALL"],
    });
  },
  examples: {
    pass: [{ container: exampleContainer({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }) }],
    fail: [
      { container: exampleContainer() },
      { container: exampleContainer({ capabilities: { drop: ["ALL"], add: ["CHOWN"] } }) },
    ],
    notApplicable: [{ container: exampleContainer({ operatingSystem: "windows" }) }],
  },
});
