import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Image not pinned by digest",
  severity: "low",
  clauses: ["4.2.2-c"],
  why: "Any tag can be moved to other content by whoever may push; only a digest names one image for ever.",
  fix: "Append the digest of the assessed image: `app:2.4.1@sha256:…`.",
  needs: { container },
  evaluate({ container }) {
    const { digest, text } = container.image;
    if (text === "(built here)") return notApplicable("the image is built from source at start");
    const evidence = { ...seenIn(container, "image"), found: text, expected: "a digest" };
    return digest === undefined ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [
      {
        container: exampleContainer({
          image: { text: "app@sha256:…", registry: "docker.io", repository: "library/app", digest: "sha256:…" },
        }),
      },
    ],
    fail: [{ container: exampleContainer() }],
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
