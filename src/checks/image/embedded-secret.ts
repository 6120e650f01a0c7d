import { defineCheck, failEach } from "../../core/check.ts";
import { baseUntold } from "../../facts/image/instruction.ts";
import { imageSecrets } from "../../facts/image/secrets.ts";

export default defineCheck({
  title: "Secret in the image",
  severity: "critical",
  clauses: ["4.1.4-a", "4.1.4-b"],
  why: "Whoever can pull the image can read it, in a removed file as well as in a present one: every layer stays in the image.",
  fix: "Revoke the secret first. Then build without it (RUN --mount=type=secret) and hand it over when the container starts.",
  references: ["CIS Docker 1.6.0 4.10"],
  needs: { secrets: imageSecrets },
  evaluate({ secrets }) {
    if (secrets.secrets.length === 0 && secrets.seen === "instructions") return baseUntold("secret");
    return failEach(
      secrets.secrets.map((secret) => ({
        at: secret.line === undefined ? secret.at : `${secret.at}:${secret.line}`,
        found: `${secret.title} ${secret.masked}${secret.removed ? ", removed by a later layer but still in the image" : ""}${secret.buildStage === undefined ? "" : ` (only in build stage ${secret.buildStage})`}`,
        expected: "no secret",
        key: `${secret.source} ${secret.at} ${secret.kind} ${secret.hash}`,
        severity: secret.severity,
        layer: secret.layer,
        location: secret.location,
        details: { kind: "secret", secret: secret.kind, removed: secret.removed, source: secret.source },
      })),
      { at: "every layer, environment, labels and history", found: `none in ${secrets.filesSearched} files` },
    );
  },
  examples: {
    pass: [{ secrets: { secrets: [], filesSearched: 80, bytesSearched: 1e6 } }],
    unknown: [{ secrets: { secrets: [], filesSearched: 0, bytesSearched: 90, seen: "instructions" } }],
    fail: [
      {
        secrets: {
          secrets: [
            {
              kind: "assigned-secret",
              title: "Password or key assigned to a name",
              severity: "high",
              source: "env",
              at: "DB_PASSWORD",
              location: { file: "Dockerfile", line: 4 },
              masked: "co***le (15 characters)",
              hash: "0011223344556677",
            },
          ],
          filesSearched: 0,
          bytesSearched: 90,
          seen: "instructions",
        },
      },
      {
        secrets: {
          secrets: [
            {
              kind: "private-key",
              title: "Private key",
              severity: "critical",
              source: "file",
              at: "/root/.ssh/id_rsa",
              layer: 1,
              removed: true,
              masked: "-----BEGIN…",
              hash: "0011223344556677",
            },
          ],
          filesSearched: 80,
          bytesSearched: 1e6,
        },
      },
    ],
  },
});
