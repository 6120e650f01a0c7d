import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { sshServer } from "../../facts/host/ssh-server.ts";

interface SshExpectation {
  readonly keyword: string;
  readonly name: string;
  /** What sshd does where nothing is set (OpenSSH 9). */
  readonly builtIn: string;
  readonly expected: string;
  accepts(value: string): boolean;
  readonly severity: Severity;
}

const is =
  (...values: readonly string[]) =>
  (value: string): boolean =>
    values.includes(value.toLowerCase());
const atMost = (most: number) => (value: string) => Number(value) <= most;
const weakAlgorithms =
  /(^|[,+^])(3des-cbc|aes\d+-cbc|arcfour\w*|blowfish-cbc|cast128-cbc|hmac-md5\S*|hmac-sha1(-96)?(-etm@openssh\.com)?|umac-64\S*|diffie-hellman-group(1|14)-sha1|diffie-hellman-group-exchange-sha1|ssh-dss|ssh-rsa)(,|$)/;
const strong = (value: string): boolean => value.startsWith("-") || !weakAlgorithms.test(value);

const expectations: readonly SshExpectation[] = [
  {
    keyword: "permitrootlogin",
    name: "PermitRootLogin",
    builtIn: "prohibit-password",
    expected: "no",
    accepts: is("no"),
    severity: "medium",
  },
  {
    keyword: "passwordauthentication",
    name: "PasswordAuthentication",
    builtIn: "yes",
    expected: "no",
    accepts: is("no"),
    severity: "high",
  },
  {
    keyword: "permitemptypasswords",
    name: "PermitEmptyPasswords",
    builtIn: "no",
    expected: "no",
    accepts: is("no"),
    severity: "critical",
  },
  {
    keyword: "hostbasedauthentication",
    name: "HostbasedAuthentication",
    builtIn: "no",
    expected: "no",
    accepts: is("no"),
    severity: "high",
  },
  {
    keyword: "ignorerhosts",
    name: "IgnoreRhosts",
    builtIn: "yes",
    expected: "yes",
    accepts: is("yes"),
    severity: "high",
  },
  {
    keyword: "permituserenvironment",
    name: "PermitUserEnvironment",
    builtIn: "no",
    expected: "no",
    accepts: is("no"),
    severity: "high",
  },
  {
    keyword: "strictmodes",
    name: "StrictModes",
    builtIn: "yes",
    expected: "yes",
    accepts: is("yes"),
    severity: "medium",
  },
  {
    keyword: "x11forwarding",
    name: "X11Forwarding",
    builtIn: "no",
    expected: "no",
    accepts: is("no"),
    severity: "low",
  },
  {
    keyword: "allowtcpforwarding",
    name: "AllowTcpForwarding",
    builtIn: "yes",
    expected: "no",
    accepts: is("no", "local"),
    severity: "low",
  },
  {
    keyword: "allowagentforwarding",
    name: "AllowAgentForwarding",
    builtIn: "yes",
    expected: "no",
    accepts: is("no"),
    severity: "low",
  },
  { keyword: "maxauthtries", name: "MaxAuthTries", builtIn: "6", expected: "4", accepts: atMost(4), severity: "low" },
  {
    keyword: "loglevel",
    name: "LogLevel",
    builtIn: "INFO",
    expected: "VERBOSE or INFO",
    accepts: is("info", "verbose"),
    severity: "medium",
  },
  { keyword: "usepam", name: "UsePAM", builtIn: "no", expected: "yes", accepts: is("yes"), severity: "medium" },
  {
    keyword: "ciphers",
    name: "Ciphers",
    builtIn: "",
    expected: "no CBC, 3DES or RC4",
    accepts: strong,
    severity: "medium",
  },
  { keyword: "macs", name: "MACs", builtIn: "", expected: "no MD5 or SHA-1", accepts: strong, severity: "medium" },
  {
    keyword: "kexalgorithms",
    name: "KexAlgorithms",
    builtIn: "",
    expected: "no SHA-1",
    accepts: strong,
    severity: "medium",
  },
  {
    keyword: "pubkeyacceptedalgorithms",
    name: "PubkeyAcceptedAlgorithms",
    builtIn: "",
    expected: "no ssh-rsa or ssh-dss",
    accepts: strong,
    severity: "medium",
  },
];

export default defineCheck({
  title: "SSH server lets people in more easily than it should",
  severity: "high",
  clauses: ["4.5.4-a", "4.5.4-d"],
  why: "Direct logons to container hosts should be rare, personal and recorded; passwords, root logons and forwarding undo that.",
  fix: "Write the settings into a file of /etc/ssh/sshd_config.d whose name sorts first, check it with sshd -t, and reload the server.",
  needs: { ssh: sshServer },
  references: [
    "CIS Distribution Independent Linux 2.0.0 5.2",
    "CIS Debian Linux 12 1.1.0 5.1",
    "CIS Red Hat Enterprise Linux 9 2.0.0 5.1",
  ],
  evaluate({ ssh: { installed, settings, matches, files, unread } }) {
    if (!installed) return notApplicable("no SSH server is installed");
    if (files.length === 0)
      return unknown(
        unread.map(({ reason }) => reason).join("; ") || "no configuration was found",
        "collect the facts with root's rights",
      );
    const at = files[0]!;
    const items: Evidence[] = [];
    for (const expectation of expectations) {
      const value = settings[expectation.keyword];
      if (!expectation.accepts(value ?? expectation.builtIn)) items.push(evidenceOf(expectation, at, value, ""));
      for (const match of matches) {
        const inner = match.settings[expectation.keyword];
        if (inner !== undefined && !expectation.accepts(inner))
          items.push(evidenceOf(expectation, at, inner, match.criteria));
      }
    }
    if (["allowusers", "allowgroups"].every((keyword) => settings[keyword] === undefined)) {
      items.push({
        at,
        found: "every account may log in",
        expected: "AllowGroups or AllowUsers",
        key: "AllowGroups",
        severity: "low",
      });
    }
    return failEach(items, { at: files.join(", "), found: "keys only, for named people, without forwarding" });
  },
  examples: {
    pass: [
      {
        ssh: {
          installed: true,
          files: ["/etc/ssh/sshd_config"],
          settings: {
            permitrootlogin: "no",
            passwordauthentication: "no",
            allowtcpforwarding: "no",
            allowagentforwarding: "no",
            maxauthtries: "3",
            usepam: "yes",
            allowgroups: "admins",
          },
        },
      },
    ],
    fail: [
      { ssh: { installed: true, files: ["/etc/ssh/sshd_config"], settings: { permitrootlogin: "yes" } } },
      {
        ssh: {
          installed: true,
          files: ["/etc/ssh/sshd_config"],
          settings: { permitrootlogin: "no", passwordauthentication: "no" },
          matches: [{ criteria: "User backup", settings: { permitemptypasswords: "yes" } }],
        },
      },
    ],
    notApplicable: [{ ssh: { installed: false } }],
    unknown: [{ ssh: { installed: true, unread: [{ path: "/etc/ssh/sshd_config", reason: "denied" }] } }],
  },
});

function evidenceOf(expectation: SshExpectation, at: string, value: string | undefined, condition: string): Evidence {
  const where = condition === "" ? "" : ` (Match ${condition})`;
  const rootByPassword = expectation.keyword === "permitrootlogin" && value?.toLowerCase() === "yes";
  const line = `${expectation.name} ${expectation.expected.split(" ")[0]}`;
  const fixable = /^(no|yes|\d+|VERBOSE)/.test(expectation.expected) && condition === "";
  return {
    at,
    found: `${expectation.name} ${value ?? `${expectation.builtIn} (built in)`}${where}`,
    expected: `${expectation.name} ${expectation.expected}`,
    key: condition === "" ? expectation.name : `${expectation.name} Match ${condition}`,
    severity: rootByPassword ? "high" : expectation.severity,
    ...(fixable
      ? {
          fix: `printf '%s\\n' '${line}' > /etc/ssh/sshd_config.d/00-${expectation.keyword}.conf && sshd -t && systemctl reload ssh`,
        }
      : {}),
  };
}
