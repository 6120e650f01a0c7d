import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Whole secrets poured into the environment",
  severity: "low",
  clauses: ["4.1.4-e"],
  why: "With envFrom a container gets every key of a secret, those added later for others included, and each crash report and child process sees them.",
  fix: "Name the keys that the container needs (`env` with `secretKeyRef`), or mount those keys as files.",
  needs: { container },
  evaluate({ container }) {
    const given = container.env
      .map((variable, index) => ({ ...variable, index }))
      .filter((variable) => variable.from === "secret");
    const found = given
      .filter((variable) => variable.name.endsWith("*"))
      .map((variable) => ({
        ...seenIn(container, `env.${variable.index}`),
        key: variable.value ?? variable.name,
        found: `all of secret ${variable.value ?? ""}`,
        expected: "the keys that it needs",
      }));
    const mounted = container.mounts.filter((mount) => mount.kind === "secret");
    if (given.length === 0 && mounted.length === 0) return notApplicable("no secret is given to it");
    return failEach(found, {
      ...seenIn(container, ""),
      found: `${given.length + mounted.length} secrets, each named`,
      expected: "the keys that it needs",
    });
  },
  examples: {
    pass: [{ container: exampleContainer({ env: [{ name: "DB_PASSWORD", from: "secret", value: "db" }] }) }],
    fail: [{ container: exampleContainer({ env: [{ name: "*", from: "secret", value: "db" }] }) }],
    notApplicable: [{ container: exampleContainer() }],
  },
});
