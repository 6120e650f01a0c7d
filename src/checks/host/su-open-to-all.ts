import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { pam } from "../../facts/host/pam.ts";

export default defineCheck({
  title: "Every account may try to become root by su",
  severity: "low",
  clauses: ["4.5.4-c"],
  why: "su asks for root's password only; who used it is known only to those who limit it.",
  fix: "Put auth required pam_wheel.so use_uid into /etc/pam.d/su, and leave the group empty where sudo is used.",
  needs: { pam },
  references: [
    "CIS Distribution Independent Linux 2.0.0 5.6",
    "CIS Debian Linux 12 1.1.0 5.2.7",
    "CIS Red Hat Enterprise Linux 9 2.0.0 5.2.7",
  ],
  evaluate({ pam: { services } }) {
    const su = services["su"];
    if (su === undefined) return notApplicable("su has no PAM service on the host");
    const wheel = su.find(
      ({ type, module, control }) => type === "auth" && module === "pam_wheel.so" && control !== "sufficient",
    );
    return wheel
      ? pass({ at: "/etc/pam.d/su", found: `${wheel.control} pam_wheel.so ${wheel.arguments.join(" ")}`.trim() })
      : fail({ at: "/etc/pam.d/su", found: "no pam_wheel.so is required", expected: "auth required pam_wheel.so" });
  },
  examples: {
    pass: [
      {
        pam: {
          services: { su: [{ type: "auth", control: "required", module: "pam_wheel.so", arguments: ["use_uid"] }] },
        },
      },
    ],
    fail: [{ pam: { services: { su: [{ type: "auth", control: "sufficient", module: "pam_rootok.so" }] } } }],
    notApplicable: [{ pam: { services: {} } }],
  },
});
