import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { roles, rolesInForce } from "../../facts/host/roles.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import { parameterFix, parameterPath } from "./parameters.ts";

export default defineCheck({
  title: "User namespaces do not fit the host's role",
  severity: "medium",
  clauses: ["4.5.1-b", "8176-5.2.5"],
  why: "Unprivileged user namespaces open much of the kernel to every user; rootless engines need them, other hosts do not.",
  fix: "Without rootless containers set kernel.unprivileged_userns_clone=0 (Debian, Ubuntu) or kernel.apparmor_restrict_unprivileged_userns=1; with them keep user.max_user_namespaces above 0.",
  needs: { sysctl, roles },
  evaluate({ sysctl: { values }, roles }, { settings }) {
    const most = values["user.max_user_namespaces"];
    if (most === undefined) return notApplicable("this kernel has no user namespaces");
    const closed =
      values["kernel.unprivileged_userns_clone"] === "0" ||
      values["kernel.apparmor_restrict_unprivileged_userns"] === "1";
    const found = `user.max_user_namespaces = ${most}${closed ? ", closed to the unprivileged" : ""}`;
    const evidence = { at: parameterPath("user.max_user_namespaces"), found, key: "user.max_user_namespaces" };
    if (rolesInForce(roles, settings).has("rootless")) {
      return most === "0" || values["kernel.unprivileged_userns_clone"] === "0"
        ? fail({ ...evidence, expected: "open: rootless engines need them" })
        : pass(evidence);
    }
    if (most === "0" || closed) return pass(evidence);
    const name =
      values["kernel.unprivileged_userns_clone"] !== undefined ? "kernel.unprivileged_userns_clone" : undefined;
    return fail({
      ...evidence,
      expected: "closed to the unprivileged: no rootless engine is here",
      ...(name ? { fix: parameterFix(name, "0") } : {}),
    });
  },
  examples: {
    pass: [
      {
        sysctl: { values: { "user.max_user_namespaces": "96000", "kernel.unprivileged_userns_clone": "0" } },
        roles: { roles: [] },
      },
      {
        sysctl: { values: { "user.max_user_namespaces": "96000" } },
        roles: { roles: [{ role: "rootless", shownBy: ["/run/user/1000/docker.sock"] }] },
      },
    ],
    fail: [
      {
        sysctl: { values: { "user.max_user_namespaces": "96000" } },
        roles: { roles: [{ role: "docker", shownBy: ["process dockerd"] }] },
      },
      {
        sysctl: { values: { "user.max_user_namespaces": "0" } },
        roles: { roles: [{ role: "rootless", shownBy: ["/run/user/1000/docker.sock"] }] },
      },
    ],
    notApplicable: [{ sysctl: { values: {} }, roles: { roles: [] } }],
  },
});
