import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { hostAge } from "../../facts/host/age.ts";

export default defineCheck({
  title: "Live patch of the kernel is not in force everywhere",
  severity: "medium",
  clauses: ["4.5.1-f", "4.5.3-c"],
  why: "A patch that is loaded but disabled, or whose change some tasks have not taken yet, leaves the flaw open that it is there for.",
  fix: "Find the tasks that hold it up (cat /proc/*/patch_state), end or signal them, or start the host anew with a patched kernel.",
  needs: { age: hostAge },
  evaluate({ age: { livePatching, livePatches } }) {
    if (livePatching === undefined)
      return unknown("/sys/kernel is not to be seen", "assess the running host, or its root with /sys mounted");
    if (livePatches.length === 0)
      return notApplicable(livePatching ? "no live patch is loaded" : "the kernel takes no live patches");
    const items = livePatches.flatMap(({ name, enabled, inTransition }) => {
      if (enabled && !inTransition) return [];
      const at = `/sys/kernel/livepatch/${name}`;
      return [
        inTransition
          ? { at: `${at}/transition`, found: "some tasks still run the old code", expected: "no transition", key: name }
          : { at: `${at}/enabled`, found: "loaded but disabled", expected: "enabled", key: name },
      ];
    });
    return failEach(items, {
      at: "/sys/kernel/livepatch",
      found: `in force: ${livePatches.map(({ name }) => name).join(", ")}`,
    });
  },
  examples: {
    pass: [{ age: { livePatching: true, livePatches: [{ name: "kpatch_1", enabled: true, inTransition: false }] } }],
    fail: [
      { age: { livePatching: true, livePatches: [{ name: "kpatch_1", enabled: true, inTransition: true }] } },
      { age: { livePatching: true, livePatches: [{ name: "kpatch_1", enabled: false, inTransition: false }] } },
    ],
    notApplicable: [{ age: { livePatching: false } }],
    unknown: [{ age: {} }],
  },
});
