import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { authorisedKeys } from "../../facts/host/authorised-keys.ts";

const severities: Readonly<Record<string, Severity>> = {
  kubeconfig: "high",
  cloud: "high",
  vault: "high",
  "ssh-private-key": "high",
  registry: "medium",
  netrc: "medium",
  database: "medium",
};

export default defineCheck({
  title: "Credentials lie on the host",
  severity: "high",
  clauses: ["4.5.3-e", "4.5.4-d"],
  why: "Whoever breaks into the host goes on from there to clusters, clouds and registries; and a host should hold nothing of its own.",
  fix: "Remove the file; give the host an identity of its own (instance role, workload identity) and keep people's keys on their machines.",
  needs: { found: authorisedKeys },
  evaluate({ found: { credentials, unread } }) {
    const items = credentials
      .filter(({ encrypted }) => encrypted !== true)
      .map(({ path, kind, mode, user }) => ({
        at: path,
        found: `${kind}${kind === "ssh-private-key" ? " without passphrase" : ""} of ${user}, mode ${mode}`,
        expected: "absent",
        key: path,
        severity: severities[kind] ?? "medium",
      }));
    if (items.length === 0 && unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    return failEach(items, {
      at: "homes of all accounts",
      found:
        credentials.length === 0 ? "none of the usual files" : `${credentials.length} private keys, each encrypted`,
    });
  },
  examples: {
    pass: [
      { found: { keys: [] } },
      {
        found: {
          keys: [],
          credentials: [
            { path: "/root/.ssh/id_ed25519", kind: "ssh-private-key", encrypted: true, mode: "0600", user: "root" },
          ],
        },
      },
    ],
    fail: [
      {
        found: {
          keys: [],
          credentials: [{ path: "/root/.kube/config", kind: "kubeconfig", mode: "0600", user: "root" }],
        },
      },
    ],
    unknown: [
      {
        found: {
          keys: [],
          unread: [{ path: "/root/.ssh", reason: "/root/.ssh may not be read without root's rights" }],
        },
      },
    ],
  },
});
