import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach } from "../../core/check.ts";
import { pam } from "../../facts/host/pam.ts";

export default defineCheck({
  title: "Passwords can be tried without limit, or chosen at will",
  severity: "medium",
  clauses: ["4.5.4-a", "4.5.4-b"],
  why: "Without a lock after failures a password is only a matter of time; without rules for new ones, of little.",
  fix: "Add pam_faillock (deny = 5, unlock_time = 900) to the auth stack and pam_pwquality (minlen = 14) to the password stack; remove nullok.",
  needs: { pam },
  references: [
    "CIS Distribution Independent Linux 2.0.0 5.3",
    "CIS Red Hat Enterprise Linux 9 2.0.0 5.3.3.1",
    "CIS Debian Linux 12 1.1.0 5.3.3.1",
  ],
  evaluate({ pam: { services, settings } }) {
    const items: Evidence[] = [];
    const auth = services["common-auth"] ?? services["system-auth"] ?? services["login"] ?? services["sshd"] ?? [];
    const password = services["common-password"] ?? services["system-auth"] ?? services["passwd"] ?? [];
    const at = "/etc/pam.d";
    if (!auth.some(({ type, module }) => type === "auth" && /^pam_(faillock|tally2?)\.so$/.test(module)))
      items.push({
        at,
        found: "no module locks an account after failures",
        expected: "pam_faillock in the auth stack",
        key: "pam_faillock",
      });
    const deny = Number(settings["faillock"]?.["deny"] ?? 3);
    if (deny === 0 || deny > 10)
      items.push({
        at: "/etc/security/faillock.conf",
        found: `deny = ${deny}`,
        expected: "1 to 10",
        key: "faillock deny",
      });
    if (
      !password.some(
        ({ type, module }) => type === "password" && /^pam_(pwquality|cracklib|passwdqc)\.so$/.test(module),
      )
    )
      items.push({
        at,
        found: "no module judges new passwords",
        expected: "pam_pwquality in the password stack",
        key: "pam_pwquality",
        severity: "low",
      });
    const empty = Object.entries(services).filter(([, lines]) =>
      lines.some(({ module, arguments: words }) => module === "pam_unix.so" && words.some((word) => word === "nullok")),
    );
    if (empty.length > 0)
      items.push({
        at: empty.map(([name]) => `${at}/${name}`).join(", "),
        found: "nullok: empty passwords are accepted",
        expected: "no nullok",
        key: "nullok",
        severity: "medium",
      });
    const permitted = Object.entries(services).filter(
      ([, lines]) => lines.find(({ type }) => type === "auth")?.module === "pam_permit.so",
    );
    for (const [name] of permitted)
      items.push({
        at: `${at}/${name}`,
        found: "pam_permit.so comes first: everyone is let in",
        expected: "a module that asks",
        key: `${name} pam_permit`,
        severity: "critical",
      });
    return failEach(items, { at, found: "failures lock, new passwords are judged, empty ones refused" });
  },
  examples: {
    pass: [
      {
        pam: {
          services: {
            "common-auth": [
              { type: "auth", control: "required", module: "pam_faillock.so", arguments: ["preauth"] },
              { type: "auth", control: "sufficient", module: "pam_unix.so" },
            ],
            "common-password": [{ type: "password", control: "requisite", module: "pam_pwquality.so" }],
          },
        },
      },
    ],
    fail: [
      {
        pam: {
          services: {
            "common-auth": [{ type: "auth", control: "sufficient", module: "pam_unix.so", arguments: ["nullok"] }],
          },
        },
      },
      { pam: { services: { sshd: [{ type: "auth", control: "sufficient", module: "pam_permit.so" }] } } },
    ],
  },
});
