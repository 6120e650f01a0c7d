/** What two programs judge about a host: where our verdict stands, and where theirs. */
export interface Topic {
  readonly topic: string;
  /** Our check and, where it judges several things, the beginning of the finding's key. */
  readonly check: string;
  readonly key?: string;
  /** A test of lynis: a warning or suggestion of it counts as a fault. `about` picks one of several that it gives. */
  readonly lynis?: { readonly test: string; readonly about?: string };
  /** A definition of the SCAP Security Guide without its `oval:ssg-` and `:def:1`. */
  readonly oval?: string;
}

function parameter(name: string, check: string, key = name): Topic {
  return {
    topic: name,
    check: `host/${check}`,
    key,
    lynis: { test: "KRNL-6000", about: `field:${name};` },
    oval: `sysctl_${name.replaceAll(".", "_")}_runtime`,
  };
}

function ssh(keyword: string, oval: string): Topic {
  return {
    topic: `sshd ${keyword}`,
    check: "host/ssh-server-weak",
    key: keyword,
    lynis: { test: "SSH-7408", about: keyword },
    oval,
  };
}

function kernel(option: string): Topic {
  return {
    topic: `kernel built with ${option}`,
    check: "host/kernel-build-weak",
    key: option,
    oval: `kernel_config_${option.toLowerCase()}`,
  };
}

/** Everything that we and lynis or the SCAP Security Guide both judge. */
export const topics: readonly Topic[] = [
  {
    topic: "accounts with uid 0",
    check: "host/second-root-account",
    lynis: { test: "AUTH-9204" },
    oval: "accounts_no_uid_except_zero",
  },
  {
    topic: "unique accounts",
    check: "host/duplicate-account",
    lynis: { test: "AUTH-9208" },
    oval: "account_unique_name",
  },
  {
    topic: "empty passwords",
    check: "host/password-weak",
    lynis: { test: "AUTH-9283" },
    oval: "no_empty_passwords_etc_shadow",
  },
  {
    topic: "password quality",
    check: "host/authentication-unlimited",
    key: "pam_pwquality",
    lynis: { test: "AUTH-9262" },
    oval: "accounts_password_pam_pwquality",
  },
  {
    topic: "empty passwords in PAM",
    check: "host/authentication-unlimited",
    key: "nullok",
    oval: "no_empty_passwords",
  },
  {
    topic: "lockout after failures",
    check: "host/authentication-unlimited",
    key: "pam_faillock",
    oval: "accounts_passwords_pam_faillock_deny",
  },
  { topic: "sudo without password", check: "host/sudo-rule-gives-root", oval: "sudo_remove_nopasswd" },
  { topic: "sudo without authentication", check: "host/sudo-settings-weak", oval: "sudo_remove_no_authenticate" },
  {
    topic: "audit daemon",
    check: "host/audit-missing",
    lynis: { test: "ACCT-9628" },
    oval: "service_auditd_enabled",
  },
  {
    topic: "logs leave the host",
    check: "host/logs-stay-on-host",
    lynis: { test: "LOGG-2154" },
    oval: "rsyslog_remote_loghost",
  },
  {
    topic: "time is kept",
    check: "host/clock-unset",
    lynis: { test: "TIME-3104" },
    oval: "service_chronyd_or_ntpd_enabled",
  },
  { topic: "security updates pending", check: "host/security-update-pending", lynis: { test: "PKGS-7392" } },
  { topic: "automatic updates", check: "host/updates-not-automatic", lynis: { test: "PKGS-7420" } },
  { topic: "firewall", check: "host/firewall-open", lynis: { test: "FIRE-4512" } },
  { topic: "compilers", check: "host/toolchain-installed", key: "compiler", lynis: { test: "HRDN-7222" } },
  {
    topic: "risky protocols",
    check: "host/kernel-module-risky",
    lynis: { test: "NETW-3200" },
    oval: "kernel_module_rds_disabled",
  },
  { topic: "promiscuous interfaces", check: "host/packet-sniffer-running", lynis: { test: "NETW-3015" } },
  { topic: "replaced files in use", check: "host/replaced-libraries-in-use", lynis: { test: "LOGG-2190" } },
  {
    topic: "core dumps",
    check: "host/core-dump-uncontained",
    lynis: { test: "KRNL-5820" },
    oval: "coredump_disable_storage",
  },
  { topic: "files without owner", check: "host/file-without-owner", oval: "no_files_unowned_by_user" },
  {
    topic: "rights of guarded files",
    check: "host/guarded-file-open",
    lynis: { test: "FILE-7524" },
    oval: "file_permissions_etc_shadow",
  },
  { topic: "telnet", check: "host/forbidden-package", key: "telnet", oval: "package_telnet_removed" },
  { topic: "nosuid on /tmp", check: "host/mount-options-missing", key: "/tmp", oval: "mount_option_tmp_nosuid" },
  {
    topic: "nosuid on /dev/shm",
    check: "host/mount-options-missing",
    key: "/dev/shm",
    oval: "mount_option_dev_shm_nosuid",
  },
  ssh("PermitRootLogin", "sshd_disable_root_login"),
  ssh("PermitEmptyPasswords", "sshd_disable_empty_passwords"),
  ssh("X11Forwarding", "sshd_disable_x11_forwarding"),
  ssh("AllowTcpForwarding", "sshd_disable_tcp_forwarding"),
  ssh("MaxAuthTries", "sshd_set_max_auth_tries"),
  kernel("RANDOMIZE_BASE"),
  kernel("STRICT_KERNEL_RWX"),
  kernel("VMAP_STACK"),
  kernel("STACKPROTECTOR_STRONG"),
  kernel("FORTIFY_SOURCE"),
  kernel("SLAB_FREELIST_RANDOM"),
  kernel("SLAB_FREELIST_HARDENED"),
  kernel("HARDENED_USERCOPY"),
  kernel("SECCOMP_FILTER"),
  parameter("kernel.kptr_restrict", "kernel-pointers-exposed"),
  parameter("kernel.dmesg_restrict", "kernel-log-readable"),
  parameter("kernel.randomize_va_space", "address-randomisation-weak"),
  parameter("vm.mmap_min_addr", "address-randomisation-weak"),
  parameter("kernel.sysrq", "kernel-interfaces-open"),
  parameter("kernel.yama.ptrace_scope", "kernel-interfaces-open"),
  parameter("dev.tty.ldisc_autoload", "kernel-interfaces-open"),
  parameter("kernel.unprivileged_bpf_disabled", "unprivileged-bpf-allowed"),
  parameter("net.core.bpf_jit_harden", "unprivileged-bpf-allowed"),
  parameter("fs.protected_symlinks", "link-protection-off"),
  parameter("fs.protected_hardlinks", "link-protection-off"),
  parameter("fs.protected_fifos", "link-protection-off"),
  parameter("fs.protected_regular", "link-protection-off"),
  parameter("net.ipv4.ip_forward", "packet-forwarding-without-need"),
  parameter("net.ipv4.tcp_syncookies", "network-parameters-weak"),
  parameter("net.ipv4.conf.all.accept_redirects", "network-parameters-weak", "net.ipv4.conf accept_redirects"),
  parameter("net.ipv4.conf.default.accept_redirects", "network-parameters-weak", "net.ipv4.conf accept_redirects"),
  parameter(
    "net.ipv4.conf.default.accept_source_route",
    "network-parameters-weak",
    "net.ipv4.conf accept_source_route",
  ),
  parameter("net.ipv4.conf.all.send_redirects", "network-parameters-weak", "net.ipv4.conf send_redirects"),
  parameter("net.ipv4.conf.all.rp_filter", "network-parameters-weak", "net.ipv4.conf rp_filter"),
  parameter("net.ipv6.conf.all.accept_redirects", "network-parameters-weak", "net.ipv6.conf accept_redirects"),
];
