import type { Evidence } from "../../../core/check.ts";
import { shellWord } from "../shell.ts";
import type { HostFixes } from "./fix.ts";

const people = "None for containers; people who use the access lose it, so agree it with them first.";
const none = "None for containers.";
/** Settings of sshd that one fixed value puts right, by the name that the evidence has. */
const sshValues: Readonly<Record<string, string>> = {
  PermitRootLogin: "no",
  PasswordAuthentication: "no",
  KbdInteractiveAuthentication: "no",
  PermitEmptyPasswords: "no",
  X11Forwarding: "no",
  AllowTcpForwarding: "no",
  AllowAgentForwarding: "no",
  PermitUserEnvironment: "no",
  HostbasedAuthentication: "no",
  IgnoreRhosts: "yes",
  MaxAuthTries: "4",
  LogLevel: "VERBOSE",
  UsePAM: "yes",
};

function sshSetting({ key = "" }: Evidence): string | undefined {
  const value = sshValues[key];
  if (value === undefined) return undefined;
  const file = "/etc/ssh/sshd_config.d/00-plimsoll.conf";
  return `put_line ${file} ${shellWord(`${key} `)} ${shellWord(`${key} ${value}`)}\nif [ -z "$root" ] && sshd -t; then systemctl reload ssh.service || live systemctl reload sshd.service; fi`;
}

/** The lines that record what no rule of the audit covers. */
function auditRule({ key = "" }: Evidence): string | undefined {
  const [, runs] = /^runs of (\/\S+)$/.exec(key) ?? [];
  const [, writes] = /^writes to (\/\S+)$/.exec(key) ?? [];
  const [, call] = /^system call (\w+)$/.exec(key) ?? [];
  const rule = runs
    ? `-w ${runs} -p x -k plimsoll`
    : writes
      ? `-w ${writes} -p wa -k plimsoll`
      : call
        ? `-a always,exit -F arch=b64 -S ${call} -k plimsoll`
        : undefined;
  return rule === undefined
    ? undefined
    : `put_line /etc/audit/rules.d/60-plimsoll.rules ${shellWord(rule)} ${shellWord(rule)}\nlive augenrules --load`;
}

const sudoLines: Readonly<Record<string, string>> = {
  use_pty: "Defaults use_pty",
  logfile: "Defaults logfile=/var/log/sudo.log",
  env_reset: "Defaults env_reset",
  secure_path: 'Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"',
};

function sudoSetting({ key = "", expected }: Evidence): string | undefined {
  const name = Object.keys(sudoLines).find((one) => key.includes(one) || String(expected).includes(one));
  if (name === undefined) return undefined;
  const file = "/etc/sudoers.d/00-plimsoll";
  return `put_line ${file} ${shellWord(`Defaults ${name}`)} ${shellWord(sudoLines[name]!)}\nrights 0440 ${file}\nlive visudo -c -q`;
}

/** Fixes of accounts, logons and their records. */
export const accessFixes: HostFixes = {
  "second-root-account": {
    byHand: "Who uses the account, and which files it owns, must be known before it gets a number of its own.",
    impact: people,
  },
  "duplicate-account": {
    byHand: "Files belong to the number, so it must be decided which account keeps them.",
    impact: people,
  },
  "interactive-accounts": {
    script: ({ key = "", found }) =>
      String(found).startsWith("system account")
        ? `live usermod --shell /usr/sbin/nologin --lock ${shellWord(key)}`
        : undefined,
    byHand: "Which people need an account on the host only their managers know: userdel the others.",
    impact: people,
  },
  "password-weak": {
    script: ({ key = "" }) =>
      key === "ENCRYPT_METHOD"
        ? "put_line /etc/login.defs ENCRYPT_METHOD 'ENCRYPT_METHOD YESCRYPT'"
        : key === "" || key.includes(" ")
          ? undefined
          : `live passwd --lock ${shellWord(key)}`,
    byHand: "A new password must be set by its owner.",
    impact: people,
  },
  "path-to-root": {
    byHand: "Who may be root on the host is a decision: gpasswd -d USER docker, or a narrower rule of sudo.",
    impact: "People lose their way to the engine; containers go on.",
  },
  "sudo-rule-gives-root": { byHand: "Which exact commands are needed only their users know.", impact: people },
  "sudo-settings-weak": {
    script: sudoSetting,
    byHand: "A setting that weakens sudo stands in a file of the organisation's own: remove it there with visudo.",
    impact:
      "None for containers; scripts that call sudo without a terminal fail under use_pty only where they need one.",
  },
  "su-open-to-all": {
    // The line must stand where the distribution put it: behind an include of the stack it would never be reached.
    script: () =>
      "uncomment /etc/pam.d/su 'auth[[:space:]]\\{1,\\}required[[:space:]]\\{1,\\}pam_wheel\\.so\\([[:space:]]\\{1,\\}use_uid\\)\\{0,1\\}'",
    byHand: "Without the distribution's line in comments its place must be chosen by hand: right below pam_rootok.so.",
    impact: people,
  },
  "authentication-unlimited": {
    byHand:
      "A wrong line in the PAM stack locks everybody out: use the distribution's program (pam-auth-update, authselect enable-feature with-faillock) with a session kept open.",
    impact: people,
  },
  "ssh-server-weak": {
    script: sshSetting,
    byHand:
      "The value depends on who logs on: set it in the block that the finding names, check with sshd -t and keep a session open.",
    impact: people,
  },
  "authorised-key-weak": {
    script: ({ key = "", fix }) =>
      fix?.includes("chmod") && key.startsWith("/") ? `rights 0600 ${shellWord(key)}` : undefined,
    byHand: "A new key must be made by its owner before the old one is taken out.",
    impact: people,
  },
  "credential-at-rest": {
    byHand: "What uses the credential must get another identity first; then remove the file and revoke it.",
    impact: "A container that mounts the file loses it.",
  },
  "login-anomaly": { byHand: "Somebody must find out who it was.", impact: none },
  "login-record-open": {
    script: ({ key = "" }) =>
      key.startsWith("/") ? `rights ${/wtmp|lastlog/.test(key) ? "o-w" : "o-rwx"} ${shellWord(key)}` : undefined,
    byHand: "The finding names no file.",
    impact: "A log agent in a container that reads the file as another user loses it: give it the group adm.",
  },
  "engine-command-after-logon": { byHand: "Somebody must ask the person what it was for.", impact: none },
  "privilege-rule-open": {
    byHand: "The rule is a program: somebody must rewrite it to ask for an administrator.",
    impact: none,
  },
  "session-unlimited": {
    script: () =>
      "put_file /etc/profile.d/timeout.sh 'readonly TMOUT=900; export TMOUT'\nput_file /etc/systemd/logind.conf.d/timeout.conf '[Login]\nStopIdleSessionSec=15min'",
    impact: "None for containers; a shell that waits for a build or a debug session ends after fifteen minutes.",
  },
  "audit-missing": {
    byHand: "A package must be installed: apt-get install auditd, dnf install audit.",
    impact: "None for containers; a busy host writes more to its disk.",
  },
  "audit-rules-incomplete": {
    script: auditRule,
    byHand: "What is to be recorded has no rule of its own.",
    impact: "None for containers; each start of a recorded program is written.",
  },
  "audit-not-guarded": {
    script: ({ key }) =>
      key === "immutable"
        ? "put_line /etc/audit/rules.d/99-plimsoll.rules '-e ' '-e 2'"
        : key === "space_left_action"
          ? "put_line /etc/audit/auditd.conf 'space_left_action' 'space_left_action = syslog'"
          : undefined,
    byHand:
      "Whether the host may stop when its disk is full is a decision: disk_full_action and admin_space_left_action in auditd.conf; a rule that does not load must be corrected.",
    impact: "None for containers; rules can change only by a new start of the host.",
  },
  "authentication-not-recorded": {
    script: () =>
      "mkdir -p \"$root/var/log/journal\"\nput_file /etc/systemd/journald.conf.d/plimsoll.conf '[Journal]\nStorage=persistent'\nlive systemctl restart systemd-journald.service",
    impact: "None for containers; logs of containers that go to the journal take room on the disk.",
  },
  "logs-stay-on-host": {
    byHand: "Where logs go only the organisation knows: rsyslog with TLS, systemd-journal-upload, or an agent.",
    impact: "None for containers.",
  },
  "clock-unset": {
    byHand: "A package must be installed and its servers chosen: chrony, systemd-timesyncd.",
    impact: "Containers share the host's clock: a jump at the first setting can end leases and sessions.",
  },
  "admin-credential-on-worker": {
    script: ({ key = "" }) => (key.startsWith("/etc/kubernetes/") ? `set_aside ${shellWord(key)}` : undefined),
    byHand: "The finding names no file of Kubernetes.",
    impact: "None: the kubelet has a credential of its own. Revoke the administrator's certificate too.",
  },
  "metadata-service-open": {
    byHand:
      "The rule must go where the host's firewall keeps its own, and system pods may need the service: for Docker, iptables -I DOCKER-USER -d 169.254.169.254 -j DROP.",
    impact: "Containers that use the host's identity lose it: give them one of their own first.",
  },
  "root-umask-open": {
    script: ({ at }) =>
      at === "/etc/login.defs"
        ? "put_line /etc/login.defs UMASK 'UMASK 027'"
        : at.startsWith("/root/")
          ? `put_line ${shellWord(at)} umask 'umask 027'`
          : undefined,
    byHand: "The file sets it in the midst of a script that all users read: change the line that the finding names.",
    impact:
      "None for containers: they have masks of their own. Files that root's scripts make are no longer read by all.",
  },
  "privilege-program-vulnerable": {
    script: ({ at }) =>
      /^\/(usr\/local|opt)\//.test(at) ? `keep ${shellWord(at)}\nrights u-s ${shellWord(at)}` : undefined,
    byHand:
      "The package manager brings the mended program: apt-get install --only-upgrade sudo pkexec, dnf upgrade sudo polkit, apk upgrade sudo.",
    impact: "None for containers; people can no longer become root by a program that lost its set-user-id bit.",
  },
  "journal-unsealed": {
    byHand: "journalctl --setup-keys shows a key that must be kept off the host, which no script can do.",
    impact: "None.",
  },
};
