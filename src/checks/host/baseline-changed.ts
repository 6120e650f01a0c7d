import type { Evidence } from "../../core/check.ts";
import { defineCheck, fail, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { hostBaseline } from "../../facts/host/baseline.ts";

/** Paths whose change gives control of the host or its containers at once. */
const decisive =
  /^\/(etc\/(passwd|shadow|group|sudoers(\.d)?|pam\.d|ssh|ld\.so\.preload|kubernetes|docker|containerd|crio|nri|cdi)(\/|$)|boot\/|root\/\.ssh\/|usr\/s?bin\/|opt\/cni\/)/;

function severityOf(path: string): Severity {
  return decisive.test(path) ? "high" : "medium";
}

export default defineCheck({
  title: "Files differ from the signed baseline",
  severity: "high",
  clauses: ["4.5.5-a", "4.5.3-g"],
  why: "Accounts, services, boot files and engine configurations that changed since somebody signed their state were changed by an update, by hand, or by an intruder.",
  fix: "Find out who changed it: put back what was not wanted, and take a new baseline of the rest (plimsoll baseline host).",
  needs: { state: hostBaseline },
  references: ["CIS Red Hat Enterprise Linux 9 2.0.0 6.1.2", "CIS Debian Linux 12 1.1.0 6.3.2"],
  evaluate({ state }) {
    const { file, signature, problem, added, removed, changed, unread } = state;
    if (signature === "wrong-signature") {
      return fail({
        at: file,
        found: problem,
        expected: "a baseline signed by the given key",
        key: "signature",
        severity: "critical",
      });
    }
    if (signature !== "trusted") {
      const remedy =
        signature === "unchecked"
          ? "name the public key: --host-baseline-key team.pub"
          : "take a signed one: plimsoll baseline host --key team.key -o host.baseline";
      return unknown(`${file}: ${problem ?? "its signature was not checked"}`, remedy);
    }
    const items: Evidence[] = [
      ...changed.map(({ path, changes }) => ({
        at: path,
        found: changes.map(({ what, before, after }) => `${what} ${shown(before)}, now ${shown(after)}`).join("; "),
        expected: `as on ${state.created}`,
        key: path,
        severity: severityOf(path),
      })),
      ...added.map(({ path, kind, mode }) => ({
        at: path,
        found: `a ${kind} that was not there (rights ${mode})`,
        expected: "absent",
        key: path,
        severity: severityOf(path),
      })),
      ...removed.map(({ path, kind }) => ({
        at: path,
        found: `the ${kind} is gone`,
        expected: `as on ${state.created}`,
        key: path,
        severity: severityOf(path),
      })),
    ];
    if (items.length === 0 && unread.length > 0)
      return unknown(
        `${unread.length} paths of the baseline cannot be read, ${unread[0]!.path} first: ${unread[0]!.reason}`,
        "assess with root's rights",
      );
    const capabilities = state.capabilitiesCompared
      ? ""
      : "; file capabilities were not compared, as no list of them was given";
    return failEach(items, {
      at: file,
      found: `${state.entries} files, folders and links as on ${state.created}${capabilities}`,
    });
  },
  examples: {
    pass: [{ state: { file: "h.baseline", signature: "trusted", created: "2026-01-01T00:00:00.000Z", entries: 900 } }],
    fail: [
      {
        state: {
          file: "h.baseline",
          signature: "trusted",
          created: "2026-01-01T00:00:00.000Z",
          entries: 900,
          changed: [{ path: "/etc/sudoers", changes: [{ what: "content", before: "ab", after: "cd" }] }],
        },
      },
      { state: { file: "h.baseline", signature: "wrong-signature", problem: "the given key did not sign it" } },
    ],
    unknown: [
      { state: { file: "h.baseline", signature: "unsigned", problem: "it is not signed" } },
      {
        state: {
          file: "h.baseline",
          signature: "trusted",
          created: "2026-01-01T00:00:00.000Z",
          entries: 900,
          unread: [{ path: "/etc/shadow", reason: "/etc/shadow could not be read" }],
        },
      },
    ],
  },
});

/** Digests are told by their beginning: the rest says nothing to a person. */
function shown(value: string): string {
  return value === "" ? "none" : /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
}
