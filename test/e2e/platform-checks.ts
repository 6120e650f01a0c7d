import { z } from "zod";
import { guideText } from "../../src/catalog/guide-text.ts";
import { type Check, defineCheck, type Verdict } from "../../src/core/check.ts";
import type { Clause } from "../../src/core/clause.ts";
import { defineFact } from "../../src/core/fact.ts";
import { type Severity, severities } from "../../src/core/severity.ts";

/* Checks that say what the fact which they are given says, with the prose of real ones. */

const { recommendations } = guideText;

interface Script {
  readonly title: string;
  readonly severity: Severity;
  readonly clauses: readonly [Clause, ...Clause[]];
  readonly why: string;
  readonly fix: string;
  readonly source: string;
}

const written: Readonly<Record<string, Script>> = {
  "image/known-vulnerability": {
    title: "Known vulnerability",
    severity: "high",
    clauses: ["4.1.1-b", "4.1.1-c", "4.1.1-d"],
    why: "The advisory applies to the installed version, so whoever reaches the component can use the flaw.",
    fix: "Update the package, or rebuild on a newer base image.",
    source: "layers of the image",
  },
  "image/runs-as-root": {
    title: "Image runs as root",
    severity: "medium",
    clauses: ["4.1.2-c"],
    why: "A process that is root inside its container needs one flaw less to be root outside.",
    fix: "Set `USER 10001` in the last stage of the Dockerfile.",
    source: "image configuration",
  },
  "image/embedded-secret": {
    title: "Secret in a layer",
    severity: "critical",
    clauses: ["4.1.4-a"],
    why: "Whoever can pull the image can read every layer of it, also what a later layer deletes.",
    fix: "Revoke the secret, then give it at run time: `--secret`, a mounted file or the orchestrator's secret store.",
    source: "layers of the image",
  },
  "registry/unencrypted-connection": {
    title: "Registry answers without TLS",
    severity: "high",
    clauses: ["4.2.1-a"],
    why: "Images and credentials cross the network in clear text.",
    fix: "Serve the registry with TLS and close the plain port.",
    source: "GET /v2/",
  },
  "orchestrator/cluster-admin-by-steps": {
    title: "Service account can become cluster-admin",
    severity: "critical",
    clauses: ["4.3.1-a", "4.3.1-b"],
    why: "Rights that look small add up: who can create pods in a namespace can take the token of any account in it.",
    fix: "Take `create pods` from the role, or move the privileged account to a namespace of its own.",
    source: "GET /apis/rbac.authorization.k8s.io/v1/clusterroles",
  },
  "orchestrator/default-allow-network": {
    title: "Namespace without a default network policy",
    severity: "medium",
    clauses: ["4.3.3-a", "4.4.2-a"],
    why: "Every pod of the namespace can be reached from every other pod of the cluster.",
    fix: "Add a NetworkPolicy that selects all pods and allows nothing, then one for each connection that is needed.",
    source: "GET /apis/networking.k8s.io/v1/networkpolicies",
  },
  "container/runtime-socket-mounted": {
    title: "Engine socket mounted",
    severity: "critical",
    clauses: ["4.4.3-a", "4.5.5-a"],
    why: "Who can write to the engine's socket is root on the host.",
    fix: "Remove the mount; give the tool a proxy that only answers what it needs.",
    source: "GET /containers/json",
  },
  "container/privileged": {
    title: "Privileged container",
    severity: "high",
    clauses: ["4.4.3-b"],
    why: "All devices and all capabilities of the host are open to the container.",
    fix: "Remove `privileged: true` and add the single capabilities that are needed.",
    source: "GET /api/v1/pods",
  },
  "host/kernel-end-of-life": {
    title: "Host kernel without support",
    severity: "high",
    clauses: ["4.5.3-a"],
    why: "Flaws that are found in it from now on stay open.",
    fix: "apt-get dist-upgrade, then reboot.",
    source: "/proc/version",
  },
  "hardware/no-measured-boot": {
    title: "Boot is not measured",
    severity: "medium",
    clauses: ["4.6-b", "4.6-c"],
    why: "Without measurements nobody can tell whether the host started what it should.",
    fix: "Enable the TPM in the firmware, or the vTPM of the virtual machine.",
    source: "/sys/class/tpm",
  },
  "hardware/attestation-missing": {
    title: "Host is not attested",
    severity: "low",
    clauses: ["4.6-e"],
    why: "A measurement that nobody compares protects nothing.",
    fix: "plimsoll attest enrol HOST",
    source: "attestation store",
  },
};

/** A check for most of the recommendations that a machine can decide, so that the matrix is as full as that of a real platform. */
export const filling = recommendations.filter(({ class: kind }, index) => kind === "machine" && index % 7 !== 6);
/** All checks of the platform by id, with where their fact is read. */
export const scripts: Readonly<Record<string, Script>> = {
  ...written,
  ...Object.fromEntries(
    filling.map(({ id, area, text }, index): [string, Script] => [
      `${area}/lacks-${id.replaceAll(".", "-")}`,
      {
        title: `Setting missing for ${id}`,
        severity: severities[index % 4]!,
        clauses: [id as Clause],
        why: text,
        fix: `Set what ${id} asks for.`,
        source: `${area} configuration`,
      },
    ]),
  ),
};

const factOf = (check: string) =>
  defineFact({
    id: `${check.split("/")[0]}/scripted-${check.split("/")[1]}`,
    summary: `what ${check} asks for`,
    obtain: "plimsoll assess --all",
    schema: z.any(),
  });
/** The fact that holds the verdict of each check. */
export const facts = new Map(Object.keys(scripts).map((id) => [id, factOf(id)]));

/** The checks as the engine takes them. */
export const checks: ReadonlyMap<string, Check> = new Map(
  Object.entries(scripts).map(([id, { source: _source, ...prose }]): [string, Check] => [
    id,
    defineCheck({
      ...prose,
      needs: { verdict: facts.get(id)! },
      evaluate: ({ verdict }) => verdict as Verdict,
      examples: { pass: [{ verdict: {} }], fail: [{ verdict: {} }] },
    }),
  ]),
);
