import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "/proc not masked",
  severity: "high",
  clauses: ["8176-5.3-b", "4.4.3-b"],
  why: "Runtimes hide the parts of /proc and /sys that tell of the host or change its kernel; without the masks a container sees and writes them.",
  fix: "Remove `procMount: Unmasked` (`systempaths=unconfined`, `--security-opt unmask=…`).",
  references: ["Pod Security Standards baseline: /proc Mount Type"],
  needs: { container },
  evaluate({ container }) {
    const unmasked = container.privileged || (container.procMount !== undefined && container.procMount !== "Default");
    const evidence = {
      ...seenIn(container, container.privileged ? "privileged" : "procMount"),
      found: container.privileged ? "privileged, which unmasks it" : (container.procMount ?? "Default"),
      expected: "Default",
    };
    if (unmasked && !container.privileged && container.hostNamespaces.user === false)
      return notApplicable(
        "its user namespace keeps root of the container from the host's /proc (allowed from Kubernetes 1.35 on)",
      );
    return unmasked ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer() }, { container: exampleContainer({ procMount: "Default" }) }],
    fail: [
      { container: exampleContainer({ procMount: "Unmasked" }) },
      { container: exampleContainer({ privileged: true }) },
    ],
    notApplicable: [
      {
        container: exampleContainer({
          procMount: "Unmasked",
          hostNamespaces: { network: false, pid: false, ipc: false, user: false },
        }),
      },
    ],
  },
});
