import type { Severity } from "../../core/severity.ts";

/** Host paths that no container should see, the gravest first, with how bad writing and reading them is. */
const sensitive: readonly {
  readonly path: RegExp;
  readonly write: Severity;
  readonly read: Severity;
  readonly what: string;
}[] = [
  {
    path: /^\/(run|var\/run)\/(docker|containerd\/containerd|crio\/crio|podman\/podman|dockershim|cri-dockerd|k3s\/containerd\/containerd)\.sock$/,
    write: "critical",
    read: "critical",
    what: "socket of an engine",
  },
  { path: /^\/$/, write: "critical", read: "high", what: "the whole file system" },
  {
    path: /^\/(run|var\/run)(\/(containerd|crio|podman|k3s))?$/,
    write: "critical",
    read: "high",
    what: "sockets of engines",
  },
  {
    path: /^\/(etc|usr|bin|sbin|lib\w*|boot|root)(\/|$)/,
    write: "critical",
    read: "medium",
    what: "the operating system",
  },
  {
    path: /^\/proc(\/(sys|sysrq-trigger|kcore|kmsg|mem|irq|bus)(\/.*)?)?$/,
    write: "critical",
    read: "high",
    what: "kernel state",
  },
  {
    path: /^\/sys(\/(kernel|firmware|fs\/cgroup|module)(\/.*)?)?$/,
    write: "critical",
    read: "low",
    what: "kernel state",
  },
  { path: /^\/dev$/, write: "critical", read: "high", what: "all devices" },
  {
    path: /^\/var\/lib\/(docker|containerd|containers|crio|kubelet|etcd|rancher)(\/pods|\/pki)?$/,
    write: "critical",
    read: "high",
    what: "state of engines and of the cluster",
  },
  {
    path: /^\/var\/(lib|spool\/cron|spool\/at)(\/crontabs)?$/,
    write: "critical",
    read: "medium",
    what: "state of the system",
  },
  { path: /^\/home(\/|$)/, write: "high", read: "medium", what: "homes of people" },
  { path: /^\/var(\/log(\/.*)?)?$/, write: "high", read: "low", what: "logs" },
];

/** How sensitive a host path is when it is mounted into a container; undefined where it is not. */
export function sensitivityOf(
  hostPath: string,
  readOnly: boolean,
): { readonly severity: Severity; readonly what: string } | undefined {
  const match = sensitive.find(({ path }) => path.test(hostPath));
  return match && { severity: readOnly ? match.read : match.write, what: match.what };
}

/** Small files of the system that many images are given read-only, and that say nothing secret. */
export function isHarmless(hostPath: string, readOnly: boolean): boolean {
  return (
    readOnly &&
    /^\/(etc\/(localtime|timezone|machine-id|os-release|ssl\/certs(\/.*)?|pki(\/.*)?|ca-certificates(\/.*)?|resolv\.conf|hosts|hostname)|usr\/(share|lib)\/(zoneinfo|ca-certificates|locale|os-release)(\/.*)?|lib\/modules(\/.*)?|usr\/lib\/modules(\/.*)?|usr\/src(\/.*)?)$/.test(
      hostPath,
    )
  );
}
