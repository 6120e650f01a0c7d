import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "AppArmor switched off",
  severity: "high",
  clauses: ["4.4.3-e"],
  why: "Without its AppArmor profile a container may write to kernel interfaces and mounts that the runtime's default profile denies.",
  fix: "Remove the setting, or set `appArmorProfile: {type: RuntimeDefault}` or a profile of its own.",
  references: ["Pod Security Standards baseline: AppArmor", "CIS Docker 1.6.0 5.2"],
  needs: { container },
  evaluate({ container }) {
    const settings = [
      { field: "appArmor", setting: container.appArmor },
      { field: "podSettings.appArmor", setting: container.podSettings?.appArmor },
    ];
    const set = settings.filter(({ setting }) => setting !== undefined);
    const found = set
      .filter(({ setting }) => setting?.kind !== "runtime-default" && setting?.kind !== "localhost")
      .map(({ field, setting }) => ({
        ...seenIn(container, field),
        key: field,
        found: setting?.profile ?? setting?.kind,
        expected: "runtime-default or a profile of its own",
      }));
    const [first, ...rest] = found;
    if (first) return fail(first, ...rest);
    if (set.length === 0)
      return unknown(
        "no AppArmor profile is set: whether the node applies its default is not known from here",
        "plimsoll assess host, on the node, or set appArmorProfile: {type: RuntimeDefault}",
      );
    return pass({
      ...seenIn(container, "appArmor"),
      found: container.appArmor?.kind ?? "set by the pod",
      expected: "runtime-default or a profile of its own",
    });
  },
  examples: {
    pass: [{ container: exampleContainer({ appArmor: { kind: "runtime-default" } }) }],
    fail: [{ container: exampleContainer({ appArmor: { kind: "unconfined" } }) }],
    unknown: [{ container: exampleContainer() }],
  },
});
