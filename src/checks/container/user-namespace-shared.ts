import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Root in the container is root on the host",
  severity: "low",
  clauses: ["8176-5.2.5", "8176-5.4-d"],
  why: "Without a user namespace of its own, user 0 in the container is user 0 on the host: capabilities and escapes count in full.",
  fix: "Set `hostUsers: false` in the pod (Kubernetes 1.33 or newer), `userns-remap` in /etc/docker/daemon.json, or run the engine rootless.",
  references: ["CIS Docker 1.6.0 5.31"],
  needs: { container },
  evaluate({ container }) {
    const { user } = container.hostNamespaces;
    if (user === undefined) {
      return unknown(
        "whether the engine gives containers user namespaces is not known from the container alone",
        "plimsoll assess container SOCKET",
      );
    }
    const evidence = {
      ...seenIn(container, "hostNamespaces.user"),
      found: user ? "users of the host" : "users of its own",
      expected: "users of its own",
    };
    return user ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [
      { container: exampleContainer({ hostNamespaces: { network: false, pid: false, ipc: false, user: false } }) },
    ],
    fail: [{ container: exampleContainer({ hostNamespaces: { network: false, pid: false, ipc: false, user: true } }) }],
    unknown: [{ container: exampleContainer({ runtime: "compose" }) }],
  },
});
