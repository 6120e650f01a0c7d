/** What a process is there for: the kernel, a container, the host itself, a person at work; `unknown` is everything else. */
export type ProcessClass = "kernel" | "container" | "infrastructure" | "session" | "unknown";

/** What is known of a process when its class is decided. */
export interface ProcessTraits {
  readonly kernelThread: boolean;
  readonly inContainer: boolean;
  readonly name: string;
  readonly executable: string | undefined;
  readonly unit: string | undefined;
  /** Names of its parents, the nearest first. */
  readonly ancestors: readonly string[];
}
/** What a process is there for, and what decided it. */
export interface Classification {
  readonly class: ProcessClass;
  readonly because: string;
}

/** Programs that run containers or connect them. */
const containerStack =
  /^(dockerd|docker-proxy|docker-init|containerd|containerd-shim.*|containerd-stress|runc|crun|youki|crio|conmon|conmonrs|podman|buildkitd|nerdctl|kubelet|kube-proxy|k3s.*|rke2.*|cri-dockerd|rootlesskit|slirp4netns|pasta|pasta\.avx2|fuse-overlayfs|netavark|aardvark-dns|catatonit|calico-node|cilium-agent|flanneld|antrea-agent|weaver|kata-runtime|cloud-hypervisor|firecracker|virtiofsd|runsc|runsc-.*)$/;

/** Services that every managed host needs: start, devices, time, names, logs, auditing, access, updates, monitoring of the hardware. */
const infrastructure =
  /^(systemd|init|systemd-.*|\(sd-pam\)|\(sd-.*\)|dbus-daemon|dbus-broker.*|udevd|rsyslogd|syslog-ng|auditd|audispd.*|sedispatch|chronyd|ntpd|sshd.*|cron|crond|atd|agetty|login|polkitd|NetworkManager|networkd-dispat.*|dhclient|dhcpcd|wpa_supplicant|irqbalance|rngd|haveged|multipathd|lvmetad|dmeventd|mdadm|smartd|thermald|acpid|fwupd|tuned|unattended-upgr|snapd|packagekitd|firewalld|fail2ban-serv.*|qemu-ga|cloud-init|waagent|google_.*|GCEMetadataScri.*|OSConfigAgent|amazon-ssm-agen|ssm-.*|hv_.*_daemon|vmtoolsd|VGAuthService|node_exporter|fluent-bit|fluentd|vector|promtail|otelcol.*|filebeat|auditbeat|osqueryd|falco|tetragon|sssd.*|nscd|nslcd|oddjobd|gssproxy|rpcbind|rpc\..*|iscsid|zincati|rpm-ostree.*|update_engine|locksmithd|apiserver|host-containers|thar-be-.*|kured|plimsoll)$/;

/** Units of a login: a person's shell and what it started. */
const sessionUnit = /^(session-[\w-]+\.scope|user@\d+\.service)$/;
const loginPrograms = /^(sshd.*|login|su|sudo|doas)$/;

/** Decides what a process is there for. Container beats all else; a unit or program known to be infrastructure beats a session. */
export function classify(traits: ProcessTraits): Classification {
  if (traits.kernelThread) return { class: "kernel", because: "kernel thread" };
  if (traits.inContainer) return { class: "container", because: "its control group is a container's" };
  const program =
    traits.executable
      ?.replace(/ \(deleted\)$/, "")
      .split("/")
      .at(-1) ?? traits.name;
  for (const name of new Set([traits.name, program])) {
    if (containerStack.test(name)) return { class: "infrastructure", because: `${name} runs containers` };
  }
  if (traits.unit !== undefined && sessionUnit.test(traits.unit)) return { class: "session", because: traits.unit };
  for (const name of new Set([traits.name, program])) {
    if (infrastructure.test(name)) return { class: "infrastructure", because: `${name} serves the host` };
  }
  const unitName = traits.unit?.replace(/\.(service|scope)$/, "");
  if (unitName !== undefined && infrastructure.test(unitName))
    return { class: "infrastructure", because: `${traits.unit} serves the host` };
  const login = traits.ancestors.find((name) => loginPrograms.test(name));
  if (login !== undefined) return { class: "session", because: `started from ${login}` };
  return {
    class: "unknown",
    because:
      traits.unit === undefined
        ? "neither a container's nor a known service's"
        : `${traits.unit} is no known part of a container host`,
  };
}
