import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Node may run an old image of the same name",
  severity: "low",
  clauses: ["4.2.2-e"],
  why: "With a tag and no pull at start, a node runs whatever it pulled under that name before, perhaps long ago.",
  fix: "Pin the image by digest, or set `imagePullPolicy: Always`.",
  references: ["CIS Kubernetes 1.10.0 1.2.11"],
  needs: { container },
  evaluate({ container }) {
    const { digest, tag, text } = container.image;
    if (text === "(built here)") return notApplicable("the image is built from source at start");
    const policy =
      container.imagePullPolicy ??
      (container.runtime === "kubernetes" && (tag === undefined || tag === "latest") ? "Always" : "IfNotPresent");
    const evidence = {
      ...seenIn(container, container.imagePullPolicy === undefined ? "image" : "imagePullPolicy"),
      found: `${text}, pulled ${policy}`,
      expected: "a digest, or pulled Always",
    };
    return digest !== undefined || /^always$/i.test(policy) ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [
      { container: exampleContainer({ imagePullPolicy: "Always" }) },
      {
        container: exampleContainer({
          image: { text: "app@sha256:…", registry: "docker.io", repository: "library/app", digest: "sha256:…" },
        }),
      },
    ],
    fail: [{ container: exampleContainer() }, { container: exampleContainer({ imagePullPolicy: "Never" }) }],
    notApplicable: [
      {
        container: exampleContainer({
          runtime: "compose",
          image: { text: "(built here)", registry: "", repository: "app" },
        }),
      },
    ],
  },
});
