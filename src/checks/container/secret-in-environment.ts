import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Secret in clear among a container's settings",
  severity: "high",
  clauses: ["4.1.4-c", "4.1.4-b"],
  why: "A secret in a manifest or on a command line is known to everyone who reads the repository, the API or the history, and cannot be changed without a deployment.",
  fix: "Put it into a Secret or the organisation's secret manager and refer to it (`valueFrom: {secretKeyRef: …}`); replace the secret itself.",
  needs: { container },
  evaluate({ container }) {
    const found = container.env.flatMap((variable, index) =>
      variable.looksSecret
        ? [
            {
              ...seenIn(container, `env.${index}`),
              key: variable.name,
              found: `${variable.name} in clear (masked)`,
              expected: "a reference to a secret",
            },
          ]
        : [],
    );
    const referred = [
      ...container.env.filter((variable) => variable.from === "secret"),
      ...container.mounts.filter((mount) => mount.kind === "secret"),
    ];
    if (found.length === 0 && referred.length === 0) return notApplicable("no secret is given to it");
    return failEach(found, {
      ...seenIn(container, ""),
      found: `${referred.length} secrets, each by reference`,
      expected: "references to secrets",
    });
  },
  examples: {
    pass: [{ container: exampleContainer({ env: [{ name: "DB_PASSWORD", from: "secret", value: "db" }] }) }],
    fail: [
      {
        container: exampleContainer({
          env: [{ name: "DB_PASSWORD", from: "literal", value: "********", looksSecret: true }],
        }),
      },
    ],
    notApplicable: [{ container: exampleContainer({ env: [{ name: "LOG_LEVEL", from: "literal", value: "info" }] }) }],
  },
});
