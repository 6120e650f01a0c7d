import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

const floating =
  /^(?:latest|stable|main|master|edge|dev|develop|devel|development|nightly|current|rolling|snapshot|canary|testing|test|staging|prod|production|release|head|lts|beta|alpha|rc)(?:$|[-_.])/i;

export default defineCheck({
  title: "Image named by a tag that moves",
  severity: "medium",
  clauses: ["4.2.2-c", "4.2.2-d"],
  why: "A tag such as latest stands for whatever was pushed last: two nodes run different images under one name, and nobody can tell which was assessed.",
  fix: "Name the version, best with its digest: `app:2.4.1@sha256:…`.",
  references: ["CIS Docker 1.6.0 5.28"],
  needs: { container },
  evaluate({ container }) {
    const { tag, digest, text } = container.image;
    if (text === "(built here)") return notApplicable("the image is built from source at start");
    const evidence = {
      ...seenIn(container, "image"),
      found: text === "" ? "no image" : text,
      expected: "a version or a digest",
    };
    if (digest !== undefined) return pass(evidence);
    return tag === undefined || floating.test(tag) || !/\d/.test(tag) ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [
      { container: exampleContainer() },
      {
        container: exampleContainer({
          image: {
            text: "app:latest@sha256:…",
            registry: "docker.io",
            repository: "library/app",
            tag: "latest",
            digest: "sha256:…",
          },
        }),
      },
    ],
    fail: [
      { container: exampleContainer({ image: { text: "app", registry: "docker.io", repository: "library/app" } }) },
      {
        container: exampleContainer({
          image: { text: "app:latest", registry: "docker.io", repository: "library/app", tag: "latest" },
        }),
      },
    ],
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
