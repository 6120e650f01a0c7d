import { defineCheck, failEach } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Probe that connects to a host of its choice",
  severity: "low",
  clauses: ["4.4.3-b"],
  why: "The kubelet connects to the host that a probe names, so that who writes a pod can have the node send requests to addresses that the pod itself does not reach.",
  fix: "Remove `host` from probes and lifecycle hooks: they then go to the pod.",
  references: ["Pod Security Standards baseline: Host Probes / Lifecycle Hooks"],
  needs: { container },
  evaluate({ container }) {
    const found = container.probeHosts.map(({ probe, host }, index) => ({
      ...seenIn(container, `probeHosts.${index}`),
      key: `${probe} ${host}`,
      found: `${probe}: ${host}`,
      expected: "no host",
    }));
    return failEach(found, { ...seenIn(container, ""), found: "no probe or hook names a host", expected: "no host" });
  },
  examples: {
    pass: [{ container: exampleContainer() }],
    fail: [{ container: exampleContainer({ probeHosts: [{ probe: "livenessProbe", host: "169.254.169.254" }] }) }],
  },
});
