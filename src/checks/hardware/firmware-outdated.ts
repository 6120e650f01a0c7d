import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { platform } from "../../facts/hardware/platform.ts";

export default defineCheck({
  title: "Firmware below the lowest version that its maker supports",
  severity: "high",
  clauses: ["4.6-a", "4.5.1-f"],
  why: "The maker withdrew the version, most often because it can be attacked.",
  fix: "fwupdmgr refresh && fwupdmgr update, then start the host anew.",
  needs: { platform },
  evaluate({ platform: { firmwareResources } }) {
    if (firmwareResources.length === 0) return notApplicable("the firmware lists no resources (ESRT)");
    const items = firmwareResources
      .filter(({ version, lowestSupported, lastAttemptStatus }) => version < lowestSupported || lastAttemptStatus !== 0)
      .map((resource) => ({
        at: "/sys/firmware/efi/esrt/entries",
        found: `${resource.class}: version ${resource.version}${resource.lastAttemptStatus === 0 ? "" : `, last update failed with status ${resource.lastAttemptStatus}`}`,
        expected: `${resource.lowestSupported} or newer, last update well`,
        key: resource.class,
      }));
    return failEach(items, {
      at: "/sys/firmware/efi/esrt/entries",
      found: `${firmwareResources.length} resources supported`,
    });
  },
  examples: {
    pass: [
      { platform: { firmwareResources: [{ class: "a1", version: 5, lowestSupported: 3, lastAttemptStatus: 0 }] } },
    ],
    fail: [
      { platform: { firmwareResources: [{ class: "a1", version: 2, lowestSupported: 3, lastAttemptStatus: 0 }] } },
    ],
    notApplicable: [{ platform: {} }],
  },
});
