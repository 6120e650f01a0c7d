import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { failedChecks, findingsAt } from "../../../test/manifest-verdicts.ts";
import { sharedData } from "../../../test/shared-data.ts";

/* Manifests that each open one way into the node or to more rights, and the checks that see it. */

const paths = sharedData("attack-paths");

const seenBy: Readonly<Record<string, readonly string[]>> = {
  CE_NET_MITM: [
    "container/capability-beyond-default",
    "container/host-network-shared",
    "container/raw-sockets-allowed",
  ],
  CE_PRIV_MOUNT: ["container/privileged", "container/host-device-exposed"],
  CE_SYS_PTRACE: [
    "container/capability-beyond-default",
    "container/host-processes-visible",
    "container/near-root-capability",
  ],
  CE_UMH_CORE_PATTERN: ["container/sensitive-host-path-mounted", "container/host-path-writable"],
  ENDPOINT_EXPLOIT: ["container/privileged", "container/host-processes-visible"],
  ROLE_BIND_CRB_CR: ["orchestrator/privilege-escalation-rights"],
  TOKEN_BRUTEFORCE: ["orchestrator/secrets-readable", "orchestrator/service-account-token-mounted"],
  TOKEN_LIST: ["orchestrator/secrets-readable", "orchestrator/service-account-token-mounted"],
};

describe.skipIf(!paths)("attack paths (shared data attack-paths)", () => {
  it.each(Object.entries(seenBy))("%s", async (name, checks) => {
    const failures = failedChecks(await findingsAt(`${paths}/${name}.yaml`));
    expect(failures).toEqual(expect.arrayContaining([...checks]));
  });

  it("a pod without rights or settings opens none of them", async () => {
    const failures = failedChecks(await findingsAt(`${paths}/CONTROL_POD.yaml`));
    for (const check of [
      "container/privileged",
      "container/sensitive-host-path-mounted",
      "container/capability-beyond-default",
      "orchestrator/secrets-readable",
    ])
      expect(failures).not.toContain(check);
  });

  it("rights that nobody holds, and bindings of roles that were not read, are no failures", async () => {
    for (const name of ["ROLE_BIND_ALL", "ROLE_BIND_RB_R-UG"]) {
      expect(existsSync(`${paths}/${name}.yaml`)).toBe(true);
      const failures = failedChecks(await findingsAt(`${paths}/${name}.yaml`));
      expect(failures.filter((check) => /^orchestrator\/.*(?:admin|escalation|wildcard)/.test(check))).toEqual([]);
    }
  });
});
