import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { engine } from "../../facts/host/engine.ts";
import { dockerExample } from "./engine-example.ts";

export default defineCheck({
  title: "Several container engines run side by side",
  severity: "medium",
  clauses: ["4.5.1-c", "4.5.1-d", "4.4.5-c"],
  why: "Each engine starts containers past the other's rules and past the orchestrator, and each must be updated and watched.",
  fix: "Keep one engine and remove the others' packages. containerd below Docker counts as one with it.",
  needs: { engine },
  evaluate({ engine: { engines } }) {
    const running = engines.filter((entry) => entry.running && entry.engine !== "kubelet").map((entry) => entry.engine);
    // Docker brings containerd along; podman has no daemon, so its process is only there where its service is used.
    const independent = running.includes("docker") ? running.filter((name) => name !== "containerd") : running;
    if (independent.length === 0) return notApplicable("no container engine runs on the host");
    const evidence = { at: "processes", found: independent.join(", "), expected: "one engine" };
    return independent.length > 1 ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [
      {
        engine: {
          engines: [dockerExample(), { engine: "containerd", shownBy: [], running: true, configurationFiles: [] }],
        },
      },
    ],
    fail: [
      {
        engine: {
          engines: [dockerExample(), { engine: "cri-o", shownBy: [], running: true, configurationFiles: [] }],
        },
      },
    ],
    notApplicable: [{ engine: { engines: [] } }],
  },
});
