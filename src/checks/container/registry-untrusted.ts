import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Image from a registry that is not trusted",
  severity: "high",
  clauses: ["4.1.5-a"],
  why: "Whoever runs the registry decides what runs here; images from anywhere are software from anyone.",
  fix: "Mirror the image into a trusted registry and name it from there, or add the registry to `settings.trustedRegistries` of the policy.",
  references: ["CIS Kubernetes 1.10.0 5.5.1"],
  needs: { container },
  evaluate({ container }, { settings }) {
    if (container.image.text === "(built here)") return notApplicable("the image is built from source at start");
    if (settings.trustedRegistries.length === 0)
      return unknown("the policy names no trusted registries", "settings: trustedRegistries: [registry.example/team]");
    const place = `${container.image.registry}/${container.image.repository}`;
    const evidence = {
      ...seenIn(container, "image"),
      found: container.image.text,
      expected: settings.trustedRegistries,
    };
    const isTrusted = settings.trustedRegistries.some(
      (trusted) => place === trusted.replace(/\/$/, "") || place.startsWith(`${trusted.replace(/\/$/, "")}/`),
    );
    return isTrusted ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer(), context: { settings: { trustedRegistries: ["registry.example/shop"] } } }],
    fail: [
      { container: exampleContainer(), context: { settings: { trustedRegistries: ["registry.example/shopping"] } } },
      {
        container: exampleContainer({
          image: {
            text: "registry.example.evil.test/shop/app:1",
            registry: "registry.example.evil.test",
            repository: "shop/app",
            tag: "1",
          },
        }),
        context: { settings: { trustedRegistries: ["registry.example"] } },
      },
    ],
    unknown: [{ container: exampleContainer() }],
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
