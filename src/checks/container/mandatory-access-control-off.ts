import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "No mandatory access control",
  severity: "medium",
  clauses: ["4.4.3-e", "8176-5.6-c"],
  why: "AppArmor or SELinux still holds where a container's other walls have been broken: it limits the files, sockets and processes that remain in reach.",
  fix: "Enable AppArmor or SELinux on the node, and set `appArmorProfile: {type: RuntimeDefault}` or an SELinux type for containers.",
  references: ["CIS Docker 1.6.0 5.2", "CIS Docker 1.6.0 5.3"],
  needs: { container },
  evaluate({ container }) {
    const appArmor = container.appArmor?.kind;
    const seLinux = container.seLinux;
    const expected = "an AppArmor profile or an SELinux type for containers";
    if (container.privileged)
      return fail({ ...seenIn(container, "privileged"), found: "privileged, which switches both off", expected });
    const byAppArmor = appArmor === "runtime-default" || appArmor === "localhost";
    const bySeLinux = seLinux?.type !== undefined && seLinux.type !== "spc_t" && !seLinux.disabled;
    if (byAppArmor)
      return pass({
        ...seenIn(container, "appArmor"),
        found: `AppArmor: ${container.appArmor?.profile ?? appArmor}`,
        expected,
      });
    if (bySeLinux) return pass({ ...seenIn(container, "seLinux"), found: `SELinux: ${seLinux.type}`, expected });
    if (appArmor !== undefined)
      return fail({
        ...seenIn(container, "appArmor"),
        found: `AppArmor: ${container.appArmor?.profile ?? appArmor}`,
        expected,
      });
    if (seLinux?.disabled || seLinux?.type === "spc_t")
      return fail({ ...seenIn(container, "seLinux"), found: `SELinux: ${seLinux.type ?? "switched off"}`, expected });
    return unknown(
      "neither AppArmor nor SELinux is named: whether the node confines the container by default is not known from here",
      "plimsoll assess host, on the node, or set appArmorProfile: {type: RuntimeDefault}",
    );
  },
  examples: {
    pass: [
      { container: exampleContainer({ appArmor: { kind: "runtime-default" } }) },
      { container: exampleContainer({ seLinux: { type: "container_t" } }) },
    ],
    fail: [
      { container: exampleContainer({ appArmor: { kind: "unconfined" } }) },
      { container: exampleContainer({ privileged: true }) },
      { container: exampleContainer({ seLinux: { disabled: true } }) },
    ],
    unknown: [{ container: exampleContainer() }],
  },
});
