import { createHash } from "node:crypto";
import type { AnalysisResources } from "../src/analysis/resources.ts";
import { fakeStore, record } from "./fakes/advisory-store.ts";
import { type MadeTree, madeNow, madeProcess } from "./host-roots.ts";
import { hardened } from "./made-hosts.ts";
import { madeJournal } from "./made-journal.ts";
import { madeNdb, madeRpmPackage } from "./rpm-database.ts";

/** A whole made host with the host checks that must fail and pass on it, by name. */
export interface MadeRoot {
  readonly name: string;
  readonly trees: readonly MadeTree[];
  /** Files that are written after a baseline of the host was taken and signed; absent where none is taken. */
  readonly afterBaseline?: MadeTree;
  readonly hides?: readonly string[];
  readonly hostRoles?: readonly string[];
  /** What getcap printed on it. */
  readonly capabilities?: string;
  /** Advisory data instead of `madeAdvisories`. */
  readonly advisories?: AnalysisResources;
  readonly fails: readonly string[];
  readonly passes: readonly string[];
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const container = `${"c0ffee".repeat(10)}abcd`;
const scope = `/system.slice/docker-${container}.scope`;
const lines = (...text: readonly string[]) => `${text.join("\n")}\n`;

/** One line of /proc/net/tcp for a socket that listens on a port of an address in its hexadecimal form. */
function listener(port: number, inode: number, address = "00000000"): string {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return `   0: ${address}:${hex} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 1\n`;
}

const dpkgPackage = (name: string, version: string) =>
  lines(`Package: ${name}`, "Status: install ok installed", `Version: ${version}`, "Architecture: amd64", "");

/** A Debian host with a package database whose files are as they were packaged. */
const debian: MadeTree = {
  "var/lib/dpkg/status": { text: dpkgPackage("coreutils", "9.7-3"), days: 2 },
  "var/lib/dpkg/info/coreutils.list": "/usr/bin/ls\n",
  "var/lib/dpkg/info/base.list": lines(
    ...Object.keys(hardened).map((path) => `/${path}`),
    "/usr/bin/unattended-upgrade",
  ),
  "var/lib/dpkg/info/coreutils.md5sums": `${md5("ls")}  usr/bin/ls\n`,
  "usr/bin/ls": { text: "ls", mode: 0o755 },
  "etc/machine-id": { text: "0123456789abcdef0123456789abcdef\n", days: 100 },
  "etc/apt/apt.conf.d/20auto-upgrades":
    'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
  "usr/bin/unattended-upgrade": { text: "", mode: 0o755 },
  "etc/apt/sources.list.d/debian.sources": lines(
    "Types: deb",
    "URIs: http://deb.example",
    "Suites: trixie-security",
    "Components: main",
    "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
  ),
  "var/lib/apt/lists/deb.example_dists_trixie-security_InRelease": lines(
    "-----BEGIN PGP SIGNED MESSAGE-----",
    "",
    "Label: Debian-Security",
    "Suite: stable-security",
    "Date: Wed, 14 Jan 2026 10:00:00 UTC",
  ),
  "var/lib/apt/lists/deb.example_dists_trixie-security_main_binary-amd64_Packages": lines(
    "Package: coreutils",
    "Version: 9.7-3",
    "Architecture: amd64",
  ),
};

const rpmFiles = { "/usr/bin/tool": { digest: sha256("tool"), mode: 0o100755 } };
const redHat: MadeTree = {
  "etc/os-release": 'ID="rhel"\nVERSION_ID="9.4"\nPRETTY_NAME="Red Hat Enterprise Linux 9.4"\n',
  "usr/lib/sysimage/rpm/Packages.db": madeNdb([madeRpmPackage("tool", rpmFiles), madeRpmPackage("filesystem")]),
  "usr/bin/tool": { text: "tool", mode: 0o755 },
};
const alpine: MadeTree = {
  "usr/lib/node_modules/fine/package.json": '{"name":"fine","version":"1.0.0"}',
  "etc/os-release": "ID=alpine\nVERSION_ID=3.22.1\n",
  "lib/apk/db/installed": `P:tool\nV:1\nF:usr/bin\nR:tool\na:0:0:755\nZ:Q1${createHash("sha1").update("tool").digest("base64")}\n\n`,
  "usr/bin/tool": { text: "tool", mode: 0o755 },
};
const verity: MadeTree = {
  "sys/block/dm-0/dm/name": "root\n",
  "sys/block/dm-0/dm/uuid": "CRYPT-VERITY-1-root\n",
  "sys/block/dm-0/ro": "1\n",
};
const kubelet: MadeTree = {
  "usr/bin/kubelet": "",
  ...madeProcess(420, "kubelet", { cgroup: "/system.slice/kubelet.service" }),
};
const kubeletParameters: MadeTree = {
  "proc/sys/vm/overcommit_memory": "1\n",
  "proc/sys/vm/panic_on_oom": "0\n",
  "proc/sys/kernel/panic": "10\n",
  "proc/sys/kernel/panic_on_oops": "1\n",
  "proc/sys/kernel/keys/root_maxkeys": "1000000\n",
  "proc/sys/kernel/keys/root_maxbytes": "25000000\n",
};
const mounts = (...more: readonly string[]) =>
  lines(
    "25 1 8:1 / / ro - ext4 /dev/mapper/root ro",
    "27 25 0:30 / /tmp rw,nodev,nosuid,noexec - tmpfs tmpfs rw",
    "28 25 0:31 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
    "29 25 0:22 / /run rw,nodev,nosuid - tmpfs tmpfs rw",
    ...more,
  );
const kernelOptions =
  "STACKPROTECTOR_STRONG STRICT_KERNEL_RWX STRICT_MODULE_RWX VMAP_STACK RANDOMIZE_BASE HARDENED_USERCOPY FORTIFY_SOURCE SLAB_FREELIST_RANDOM SLAB_FREELIST_HARDENED INIT_ON_ALLOC_DEFAULT_ON SECCOMP_FILTER SECURITY_APPARMOR CGROUP_PIDS MEMCG"
    .split(" ")
    .map((name) => `CONFIG_${name}=y\n`)
    .join("");

/** Advisory data with one flaw of openssl, one report of malware, and the life of two releases. */
export const madeAdvisories: AnalysisResources = {
  advisories: fakeStore({
    records: [
      record("debian:13", "openssl", "CVE-2025-0001", "3.5.1-1"),
      record("debian:13", "linux", "CVE-2025-0002", "6.12.10-1", { severity: "high" }),
      record("npm", "evil-package", "MAL-2025-1", undefined, { source: "malicious-packages", malicious: true }),
    ],
    ecosystems: ["debian:13", "npm"],
    releases: [
      { product: "linux", release: "6.12", endOfLife: "2028-12-31" },
      { product: "linux", release: "6.11", endOfLife: "2024-12-05" },
      { product: "debian", release: "13", endOfLife: "2028-08-09" },
      { product: "debian", release: "10", endOfLife: "2022-09-10" },
    ],
    releasesDate: "2026-01-01",
  }),
};

/** The same on the day of the assessment. */
const freshAdvisories: AnalysisResources = {
  advisories: {
    ...madeAdvisories.advisories!,
    stamp: { id: "sha256:fresh", date: "2026-01-15T00:00:00Z", source: "fake" },
  },
};

/** A package of the kernel that runs, by the version of its source. */
const debianKernel = (version: string) =>
  lines(
    "Package: linux-image-6.12.9-amd64",
    "Status: install ok installed",
    "Source: linux",
    `Version: ${version}`,
    "Architecture: amd64",
    "",
  );

/** Hosts of the kinds that there are, whole and broken. */
export const madeRoots: readonly MadeRoot[] = [
  {
    name: "a Debian host that is kept",
    trees: [hardened, debian],
    afterBaseline: {},
    fails: ["general-purpose-os"],
    passes: [
      "baseline-changed",
      "packaged-file-changed",
      "security-update-pending",
      "update-pending",
      "updates-not-automatic",
      "host-too-old",
      "forbidden-package",
      "unpackaged-system-file",
      "setuid-program-unexpected",
      "world-writable-file",
      "toolchain-installed",
      "distribution-past-end-of-life",
      "known-vulnerability",
    ],
  },
  {
    name: "a Debian host that was changed since its baseline was signed",
    trees: [hardened, debian],
    afterBaseline: { "etc/sudoers": { text: "ALL ALL=(ALL) NOPASSWD: ALL\n", mode: 0o440 } },
    fails: ["baseline-changed"],
    passes: ["packaged-file-changed"],
  },
  {
    name: "an old Debian host whose packages were left alone",
    trees: [
      hardened,
      debian,
      {
        "etc/os-release": "ID=debian\nVERSION_ID=10\n",
        "etc/machine-id": { text: "x\n", days: 2_000 },
        "var/lib/dpkg/status": { text: dpkgPackage("telnetd", "0.17"), days: 700 },
      },
    ],
    fails: ["host-too-old", "forbidden-package", "distribution-past-end-of-life"],
    passes: ["kernel-tainted"],
  },
  {
    name: "a Debian host with flawed and evil packages",
    trees: [
      hardened,
      debian,
      {
        "var/lib/dpkg/status": { text: dpkgPackage("openssl", "3.5.0-1"), days: 2 },
        "var/lib/apt/lists/deb.example_dists_trixie_InRelease": lines(
          "-----BEGIN PGP SIGNED MESSAGE-----",
          "",
          "Label: Debian",
          "Suite: stable",
          "Date: Wed, 14 Jan 2026 10:00:00 UTC",
        ),
        "var/lib/apt/lists/deb.example_dists_trixie_main_binary-amd64_Packages": lines(
          "Package: openssl",
          "Version: 3.5.4-1",
          "Architecture: amd64",
        ),
        "usr/lib/node_modules/evil-package/package.json": '{"name":"evil-package","version":"1.0.0"}',
      },
    ],
    fails: ["known-vulnerability", "malicious-package", "update-pending"],
    passes: ["distribution-past-end-of-life"],
  },
  {
    name: "a Debian host whose running kernel is flawed",
    trees: [hardened, debian, { "var/lib/dpkg/status": { text: debianKernel("6.12.9-1"), days: 2 } }],
    fails: ["running-kernel-vulnerable"],
    passes: ["kernel-past-end-of-life"],
  },
  {
    name: "a Debian host whose running kernel is fixed",
    trees: [hardened, debian, { "var/lib/dpkg/status": { text: debianKernel("6.12.10-1"), days: 2 } }],
    fails: [],
    passes: ["running-kernel-vulnerable"],
  },
  {
    name: "a host with a kernel of its own whose branch has ended",
    trees: [hardened, debian, { "proc/sys/kernel/osrelease": "6.11.2\n", "lib/modules/6.11.2/modules.order": "" }],
    fails: ["kernel-past-end-of-life"],
    passes: ["distribution-past-end-of-life"],
  },
  {
    name: "an Ubuntu host with a desktop and services of its own",
    trees: [
      hardened,
      {
        "etc/os-release": "ID=ubuntu\nVERSION_ID=24.04\n",
        "usr/lib/systemd/system/gdm.service": "[Service]\nExecStart=/usr/sbin/gdm\n",
        "etc/systemd/system/default.target": { link: "/usr/lib/systemd/system/graphical.target" },
        "usr/lib/systemd/system/nginx.service": "[Service]\nExecStart=/usr/sbin/nginx\n",
        "etc/systemd/system/multi-user.target.wants/nginx.service": { link: "/usr/lib/systemd/system/nginx.service" },
        "usr/lib/systemd/system/snmpd.service": "[Service]\nExecStart=/usr/sbin/snmpd\n",
        ...madeProcess(610, "snmpd", { program: "/usr/sbin/snmpd", cgroup: "/system.slice/snmpd.service" }),
        "proc/610/fd/3": { link: "socket:[90]" },
        "proc/net/tcp": `head\n${listener(161, 90)}`,
        ...madeProcess(611, "cockpit-ws", { cgroup: "/system.slice/cockpit.service" }),
      },
    ],
    fails: [
      "graphical-target",
      "application-service",
      "service-unconfined",
      "local-service-on-network",
      "remote-management-agent",
    ],
    passes: ["packet-sniffer-running"],
  },
  {
    name: "a service that is confined",
    trees: [
      hardened,
      {
        "usr/lib/systemd/system/exporter.service":
          "[Service]\nExecStart=/usr/bin/exporter\nNoNewPrivileges=yes\nProtectSystem=strict\nProtectHome=yes\nPrivateTmp=yes\nPrivateDevices=yes\nCapabilityBoundingSet=\nSystemCallFilter=@system-service\n",
        ...madeProcess(612, "exporter", { cgroup: "/system.slice/exporter.service" }),
        "proc/612/fd/3": { link: "socket:[91]" },
        "proc/net/tcp": `head\n${listener(9100, 91)}`,
        "proc/net/packet": "sk RefCnt Type Proto Iface R Rmem User Inode\n0 3 3 0003 2 1 0 0 92\n",
        "proc/612/fd/4": { link: "socket:[92]" },
      },
    ],
    fails: ["packet-sniffer-running"],
    passes: ["service-unconfined", "local-service-on-network"],
  },
  {
    name: "a Red Hat host as packaged",
    trees: [hardened, redHat],
    fails: ["general-purpose-os"],
    passes: ["packaged-file-changed"],
  },
  {
    name: "a Red Hat host with a changed program",
    trees: [hardened, redHat, { "usr/bin/tool": { text: "evil", mode: 0o4755 } }],
    fails: ["packaged-file-changed"],
    passes: ["second-root-account"],
  },
  {
    name: "a SUSE host with an older rpm database and swap in clear",
    trees: [
      hardened,
      redHat,
      {
        "etc/os-release": 'ID="sles"\nVERSION_ID="15.6"\n',
        "proc/swaps": "Filename Type Size\n/dev/sda3 partition 1 0 -2\n",
      },
    ],
    fails: ["swap-in-clear"],
    passes: ["packaged-file-changed"],
  },
  {
    name: "an Alpine host as packaged",
    trees: [hardened, alpine],
    fails: ["general-purpose-os"],
    passes: ["packaged-file-changed", "malicious-package"],
  },
  {
    name: "an Alpine host with a changed program and compressed swap",
    trees: [
      hardened,
      alpine,
      {
        "usr/bin/tool": { text: "evil", mode: 0o755 },
        "proc/swaps": "Filename Type Size\n/dev/zram0 partition 1 0 -2\n",
      },
    ],
    fails: ["packaged-file-changed"],
    passes: ["swap-in-clear"],
  },
  {
    name: "a Flatcar host that keeps its promises",
    trees: [
      hardened,
      verity,
      {
        "etc/os-release": "ID=flatcar\nVERSION_ID=4230.2.0\n",
        "proc/1/mountinfo": mounts("26 25 8:1 / /usr ro - ext4 /dev/mapper/root ro"),
        "dev/disk/by-partlabel/USR-A": "",
        "dev/disk/by-partlabel/USR-B": "",
      },
    ],
    fails: [],
    passes: [
      "container-os-guarantee-broken",
      "general-purpose-os",
      "system-image-unverified",
      "root-writable",
      "rollback-missing",
    ],
  },
  {
    name: "a Fedora CoreOS host as its image has it",
    trees: [
      hardened,
      {
        "etc/os-release": "ID=fedora\nVARIANT_ID=coreos\nVERSION_ID=43\n",
        "proc/1/mountinfo": mounts("26 25 8:1 / /usr ro - overlay composefs ro,verity=require"),
        "sys/fs/selinux/enforce": "1",
        "usr/etc/nftables.conf": hardened["etc/nftables.conf"]!,
        "usr/etc/machine-id": "of the image\n",
        "ostree/deploy/fedora-coreos/deploy/a.0.origin": "[origin]\nrefspec=x\n",
        "ostree/deploy/fedora-coreos/deploy/b.0.origin": "[origin]\nrefspec=x\n",
      },
    ],
    fails: [],
    passes: ["image-drifted", "rollback-missing"],
  },
  {
    name: "a host that only calls itself Bottlerocket",
    trees: [
      hardened,
      {
        "etc/os-release": "ID=bottlerocket\nVERSION_ID=1.20.0\n",
        "etc/machine-id": { text: "x\n", days: 200 },
        "proc/1/mountinfo": "25 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 25 0:40 / /sys/fs/cgroup rw - cgroup cgroup rw\n",
        "sys/block/dm-0/dm/uuid": "LVM-x\n",
        "usr/bin/bash": "",
      },
    ],
    fails: [
      "container-os-guarantee-broken",
      "root-writable",
      "system-image-unverified",
      "control-groups-old",
      "mount-options-missing",
      "host-too-old",
    ],
    passes: ["general-purpose-os"],
  },
  {
    name: "a Talos node with root's own image",
    trees: [
      verity,
      kubelet,
      kubeletParameters,
      {
        "etc/os-release": "ID=talos\nVERSION_ID=v1.11.0\n",
        "etc/passwd": "root:x:0:0:root:/root:/sbin/nologin\n",
        "proc/sys/kernel/osrelease": "6.12.9-talos\n",
        "proc/sys/net/ipv4/ip_forward": "1\n",
        "proc/1/mountinfo": mounts(),
        "proc/self/ns/pid": { link: "pid:[4026531836]" },
        ...madeProcess(1, "init", { program: "/sbin/init", cgroup: "/init", parent: 0 }),
      },
    ],
    fails: [],
    passes: [
      "container-os-guarantee-broken",
      "kubelet-kernel-parameters-missing",
      "admin-credential-on-worker",
      "packet-forwarding-without-need",
    ],
  },
  {
    name: "a Container-Optimized OS node on a cloud with a guarded metadata service",
    trees: [
      hardened,
      verity,
      kubelet,
      {
        "etc/os-release": "ID=cos\nVERSION_ID=117\n",
        "sys/class/dmi/id/sys_vendor": "Google\n",
        "sys/class/dmi/id/product_name": "Google Compute Engine\n",
        "proc/sys/vm/overcommit_memory": "0\n",
        "etc/iptables/rules.v4": "*filter\n:INPUT DROP [0:0]\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n",
      },
    ],
    fails: ["kubelet-kernel-parameters-missing"],
    passes: ["metadata-service-open", "container-os-guarantee-broken"],
  },
  {
    name: "a cloud host that lets containers ask for its credentials",
    trees: [
      hardened,
      {
        "sys/class/dmi/id/sys_vendor": "Amazon EC2\n",
        "proc/500/ns/net": { link: "net:[4026531992]" },
      },
    ],
    fails: ["metadata-service-open", "container-shares-host-namespaces"],
    passes: ["kernel-not-newest"],
  },
  {
    name: "a Fedora CoreOS host on bare metal with an open boot loader",
    trees: [
      hardened,
      {
        "etc/os-release": "ID=fedora\nVARIANT_ID=coreos\nVERSION_ID=43\n",
        "proc/cpuinfo": "model name : X\nflags : fpu lm\n",
        "boot/grub2/grub.cfg": { text: "menuentry x { }\n", mode: 0o600 },
        "proc/1/mountinfo": mounts("26 25 8:1 / /usr ro - overlay composefs ro,verity=require"),
        "sys/fs/selinux/enforce": "1",
        "usr/etc/ssh/sshd_config": "PermitRootLogin no\n",
        "ostree/deploy/fedora-coreos/deploy/a.0.origin": "[origin]\nrefspec=x\n[packages]\nrequested=strace;\n",
      },
    ],
    fails: ["boot-loader-open", "image-drifted", "rollback-missing"],
    passes: ["container-os-guarantee-broken", "system-image-unverified"],
  },
  {
    name: "a bare-metal host with a guarded boot loader and a live patch",
    trees: [
      hardened,
      {
        "proc/cpuinfo": "model name : X\nflags : fpu lm\n",
        "boot/grub/grub.cfg": { text: "set superusers=root\npassword_pbkdf2 root grub.pbkdf2.x\n", mode: 0o600 },
        "sys/kernel/livepatch/patch_1/enabled": "1\n",
        "sys/kernel/livepatch/patch_1/transition": "0\n",
        "boot/config-6.12.9-amd64": kernelOptions,
        "proc/sys/net/core/bpf_jit_harden": "2\n",
        "proc/sys/user/max_user_namespaces": "0\n",
      },
    ],
    fails: [],
    passes: ["boot-loader-open", "live-patch-incomplete", "kernel-build-weak", "user-namespaces-unfit"],
  },
  {
    name: "a host whose kernel is weak, patched half and haunted",
    trees: [
      hardened,
      {
        "sys/kernel/livepatch/patch_1/enabled": "1\n",
        "sys/kernel/livepatch/patch_1/transition": "1\n",
        "sys/module/reptile/initstate": "live\n",
        "boot/config-6.12.9-amd64": "CONFIG_DEVKMEM=y\n",
        "proc/sys/kernel/dmesg_restrict": "0\n",
        "proc/sys/kernel/unprivileged_bpf_disabled": "0\n",
        "proc/sys/kernel/randomize_va_space": "1\n",
        "proc/sys/kernel/core_pattern": "core\n",
        "proc/sys/fs/protected_symlinks": "0\n",
        "proc/sys/user/max_user_namespaces": "15000\n",
        "sys/kernel/security/lockdown": "[none] integrity confidentiality\n",
        "sys/module/module/parameters/sig_enforce": "N\n",
        "proc/cmdline": "root=/dev/sda1\n",
        "sys/kernel/mm/ksm/run": "1\n",
        "proc/77/status": "Name:\tx\nTgid:\t77\nPPid:\t1\nUid:\t0\t0\t0\t0\n",
      },
    ],
    hides: ["77"],
    fails: [
      "live-patch-incomplete",
      "hidden-kernel-module",
      "kernel-build-weak",
      "kernel-log-readable",
      "unprivileged-bpf-allowed",
      "address-randomisation-weak",
      "core-dump-uncontained",
      "link-protection-off",
      "user-namespaces-unfit",
      "kernel-lockdown-off",
      "kernel-modules-loadable",
      "memory-merging-on",
      "hidden-process",
    ],
    passes: ["kernel-not-newest"],
  },
  {
    name: "a Kubernetes worker that holds an administrator's credential",
    trees: [
      hardened,
      kubelet,
      {
        "etc/kubernetes/admin.conf": { text: "kind: Config\n", mode: 0o600 },
        "proc/net/tcp": `head\n${listener(10_255, 95)}`,
        "proc/420/fd/3": { link: "socket:[95]" },
        "proc/sys/kernel/panic": "0\n",
        "proc/sys/net/ipv4/ip_forward": "0\n",
      },
    ],
    fails: [
      "admin-credential-on-worker",
      "engine-port-insecure",
      "packet-forwarding-without-need",
      "kubelet-kernel-parameters-missing",
    ],
    passes: ["hidden-kernel-module"],
  },
  {
    name: "a host whose settings leave out what it runs",
    trees: [hardened, kubelet],
    hostRoles: ["docker", "virtual"],
    fails: ["role-contradicted"],
    passes: ["several-engines"],
  },
  {
    name: "a rootless host with its roles named",
    trees: [
      hardened,
      {
        "run/user/1000/docker.sock": { socket: true, mode: 0o600, owner: 1000 },
        "etc/subuid": "admin:200000:65536\n",
        "etc/subgid": "admin:200000:65536\n",
        "proc/sys/user/max_user_namespaces": "15000\n",
      },
    ],
    hostRoles: ["docker", "rootless", "virtual"],
    fails: [],
    passes: ["role-contradicted", "engine-socket-open", "mapped-ids-overlap", "user-namespaces-unfit"],
  },
  {
    name: "a Docker host with an open socket and overlapping ids",
    trees: [
      hardened,
      {
        "run/docker.sock": { socket: true, mode: 0o666 },
        "etc/subuid": "admin:1000:65536\nother:1500:65536\n",
      },
    ],
    fails: ["engine-socket-open", "mapped-ids-overlap"],
    passes: ["duplicate-account"],
  },
  {
    name: "a host with containers that are not contained",
    trees: [
      hardened,
      {
        ...madeProcess(500, "app", { program: "/app", cgroup: scope, status: "Seccomp:\t2\nCapEff:\t0\n" }),
        "proc/500/uid_map": "0 0 4294967295\n",
        "proc/500/mountinfo": lines(
          "90 80 0:50 / / rw - overlay overlay rw",
          "91 90 8:1 /srv/data /data rw shared:5 - ext4 /dev/sda1 rw",
        ),
        "proc/1/mountinfo": mounts("31 25 8:3 / /srv rw - ext4 /dev/sda3 rw").replaceAll("8:3", "8:1"),
        "proc/500/root/dev/dri/card0": "",
      },
    ],
    fails: [
      "container-root-is-host-root",
      "container-mount-propagates",
      "container-writes-host-folder",
      "container-has-host-device",
      "container-storage-on-root",
    ],
    passes: ["container-unlimited"],
  },
  {
    name: "a host with contained containers and audited people",
    trees: [
      hardened,
      {
        "proc/500/root/dev/null": "",
        "var/log/audit/audit.log": lines(
          'type=SYSCALL msg=audit(1768470000.1:5): syscall=59 auid=1000 uid=1000 ses=1 exe="/usr/bin/ls"',
          'type=EXECVE msg=audit(1768470000.1:5): argc=1 a0="ls"',
        ),
      },
    ],
    fails: [],
    passes: ["container-has-host-device", "engine-command-after-logon", "container-storage-on-root"],
  },
  {
    name: "a host on which somebody logged on and entered a container",
    trees: [
      hardened,
      {
        "var/log/audit/audit.log": lines(
          "type=USER_LOGIN msg=audit(1768470000.1:4): pid=1 uid=0 auid=1000 ses=1 msg='op=login id=1000 addr=192.0.2.7 terminal=ssh res=success'",
          'type=SYSCALL msg=audit(1768470300.1:5): syscall=59 auid=1000 uid=0 ses=1 exe="/usr/bin/docker"',
          'type=EXECVE msg=audit(1768470300.1:5): argc=4 a0="docker" a1="exec" a2="web" a3="sh"',
        ),
      },
    ],
    fails: ["engine-command-after-logon"],
    passes: ["audit-missing"],
  },
  {
    name: "a host with careless accounts and logs",
    trees: [
      hardened,
      {
        "etc/passwd": lines(
          "root:x:0:0:root:/root:/bin/bash",
          "admin:x:1000:1000::/home/admin:/bin/bash",
          "double:x:1000:1000::/home/double:/bin/bash",
          "backup:x:34:34::/var/backups:/bin/bash",
        ),
        "etc/shadow": {
          text: lines("root:*:20000:0:99999:7:::", "admin:$y$j9T$x$y:20000::::::", "backup:$y$j9T$x$y:20000::::::"),
          mode: 0o640,
        },
        "root/.ssh/authorized_keys": {
          text: `ssh-dss ${Buffer.from("\0\0\0\x07ssh-dss").toString("base64")} old\n`,
          mode: 0o600,
        },
        "etc/pam.d/su": "auth sufficient pam_rootok.so\n",
        "var/log/wtmp": { bytes: logon("root", "198.51.100.9"), mode: 0o666 },
        "var/log/btmp": { text: "", mode: 0o660 },
      },
    ],
    fails: [
      "duplicate-account",
      "interactive-accounts",
      "authorised-key-weak",
      "su-open-to-all",
      "login-record-open",
      "login-anomaly",
    ],
    passes: ["memory-merging-on"],
  },
  {
    name: "a host whose Python makes root of everybody",
    trees: [hardened],
    capabilities: "/usr/bin/ping cap_net_raw=ep\n/usr/bin/python3.13 cap_setuid=ep\n",
    fails: ["file-capability-unexpected"],
    passes: ["second-root-account"],
  },
  {
    name: "a host whose ping may use the network raw",
    trees: [hardened],
    capabilities: "/usr/bin/ping cap_net_raw=ep\n",
    fails: [],
    passes: ["file-capability-unexpected"],
  },
  {
    name: "a host without audit and clock",
    trees: [withoutAuditAndClock()],
    fails: ["audit-missing", "clock-unset"],
    passes: ["kernel-log-readable"],
  },
  {
    name: "a host whose newer parts are as they should be",
    trees: [
      hardened,
      debian,
      {
        "proc/1/mountinfo": mounts("31 25 0:7 / /sys/kernel/debug rw - debugfs debugfs rw"),
        "sys/kernel/debug/": { mode: 0o700 },
        "var/lib/dpkg/status": { text: dpkgPackage("sudo", "1.9.16p2-3") + dpkgPackage("pkexec", "126-2"), days: 2 },
        "etc/docker/daemon.json": '{"runtimes":{"runsc":{"path":"/usr/local/bin/runsc"}}}',
        "usr/local/bin/runsc": { mode: 0o755 },
        "etc/profile": "umask 022\n",
        "sys/kernel/security/ipe/enforce": "1\n",
        "sys/kernel/security/ipe/policies/boot/active": "1\n",
        "proc/1/fdinfo/9": bpfProgram(15),
        "var/log/journal/0123456789abcdef0123456789abcdef/system.journal": madeJournal([], true, true),
      },
    ],
    advisories: freshAdvisories,
    fails: [],
    passes: [
      "debug-file-systems-open",
      "package-count-high",
      "sandboxed-runtime-missing",
      "advisory-data-stale",
      "root-umask-open",
      "privilege-program-vulnerable",
      "code-integrity-unenforced",
      "kernel-program-unexpected",
      "journal-unsealed",
    ],
  },
  {
    name: "a host whose newer parts are all wrong",
    trees: [
      hardened,
      debian,
      {
        "proc/1/mountinfo": mounts("31 25 0:12 / /sys/kernel/tracing rw - tracefs tracefs rw"),
        "sys/kernel/tracing/": { mode: 0o755 },
        "var/lib/dpkg/status": {
          text: Array.from({ length: 501 }, (_, index) => `${dpkgPackage(`package-${index}`, "1-1")}\n`).join(""),
          days: 2,
        },
        "etc/docker/daemon.json": '{"runtimes":{"kata":{"runtimeType":"io.containerd.kata.v2"}}}',
        "usr/local/bin/sudo": { text: "\0Sudo version %s\n\x001.9.15p5\0", mode: 0o4755 },
        "root/.bashrc": "umask 000\n",
        "sys/kernel/security/ipe/enforce": "0\n",
        ...madeProcess(640, "kworker", { program: "/dev/shm/systemd", cgroup: "/system.slice/x.service" }),
        "proc/640/fdinfo/3": bpfProgram(2),
        "var/log/journal/0123456789abcdef0123456789abcdef/system.journal": madeJournal([], true),
      },
    ],
    fails: [
      "debug-file-systems-open",
      "package-count-high",
      "sandboxed-runtime-missing",
      "advisory-data-stale",
      "root-umask-open",
      "privilege-program-vulnerable",
      "code-integrity-unenforced",
      "kernel-program-unexpected",
      "journal-unsealed",
    ],
    passes: ["kernel-log-readable"],
  },
];

/** What /proc tells of a descriptor that is a BPF program of the type numbered so. */
function bpfProgram(type: number): string {
  return `pos:\t0\nflags:\t02000002\nprog_type:\t${type}\nprog_jited:\t1\nprog_tag:\t0123456789abcdef\nmemlock:\t4096\nprog_id:\t41\n`;
}

/** A record of wtmp (utmp(5)) of a logon ten days before the host is assessed. */
function logon(user: string, from: string): Buffer {
  const bytes = Buffer.alloc(384);
  bytes.writeUInt16LE(7, 0);
  bytes.write("pts/0", 8);
  bytes.write(user, 44);
  bytes.write(from, 76);
  bytes.writeUInt32LE(madeNow.getTime() / 1000 - 10 * 86_400, 340);
  return bytes;
}

/** Files that only root can make as they are: foreign owners, device nodes. */
export const madeByRoot: readonly MadeRoot[] = [
  {
    name: "a host with odd files",
    trees: [hardened, { "srv/node": { device: true }, "srv/orphan": { text: "", owner: 54_321 } }],
    fails: ["device-outside-dev", "file-without-owner"],
    passes: ["second-root-account"],
  },
  {
    name: "a host without odd files",
    trees: [hardened],
    fails: [],
    passes: ["device-outside-dev", "file-without-owner"],
  },
];

function withoutAuditAndClock(): MadeTree {
  return Object.fromEntries(
    Object.entries(hardened).filter(([path]) => !/^(usr\/sbin\/auditd|etc\/audit|proc\/30[01])(\/|$)/.test(path)),
  );
}
