import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { guardedFiles } from "../../facts/host/guarded-files.ts";
import { roles, rolesInForce } from "../../facts/host/roles.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Credential of a cluster administrator on a worker node",
  severity: "critical",
  clauses: ["4.5.3-e", "4.5.4-d"],
  why: "Whoever leaves a container on this node then owns the whole cluster.",
  fix: "rm /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf on workers, and revoke the certificate's rights.",
  needs: { roles, guarded: guardedFiles },
  evaluate({ roles, guarded: { files } }, { settings }) {
    const inForce = rolesInForce(roles, settings);
    if (!inForce.has("kubernetes-worker")) return notApplicable("no kubelet on the host");
    if (inForce.has("kubernetes-control-plane")) return notApplicable("the host is part of the control plane");
    const found = files.filter(({ path }) => /\/(super-)?admin\.conf$|\/bootstrap-kubelet\.conf$/.test(path));
    const [first, ...rest] = found.map(({ path, mode }) => ({
      at: path,
      found: `there, mode ${mode}`,
      expected: "absent",
      key: path,
      fix: `rm ${shellWord(path)}`,
    }));
    return first ? fail(first, ...rest) : pass({ at: "/etc/kubernetes", found: "no credential of an administrator" });
  },
  examples: {
    pass: [{ roles: { roles: [{ role: "kubernetes-worker", shownBy: ["process kubelet"] }] }, guarded: { files: [] } }],
    fail: [
      {
        roles: { roles: [{ role: "kubernetes-worker", shownBy: ["process kubelet"] }] },
        guarded: {
          files: [
            {
              path: "/etc/kubernetes/admin.conf",
              kind: "kubernetes-credential",
              mode: "0600",
              owner: 0,
              group: 0,
              widest: "0600",
            },
          ],
        },
      },
    ],
    notApplicable: [{ roles: { roles: [] }, guarded: { files: [] } }],
  },
});
