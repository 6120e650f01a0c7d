import { defineCheck, failEach } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";
import { contains, hostMounts, isSocket } from "../../facts/container/host-paths.ts";

/** Folders of the host that hold its configuration, its programs or other containers' data, and what each gives away. */
const sensitive: readonly { readonly path: string; readonly holds: string }[] = [
  { path: "/etc", holds: "the configuration and password hashes of the host" },
  { path: "/boot", holds: "the kernel" },
  { path: "/dev", holds: "the devices of the host" },
  { path: "/proc", holds: "the processes and kernel settings of the host" },
  { path: "/sys", holds: "the kernel's view of the hardware" },
  { path: "/usr", holds: "the programs of the host" },
  { path: "/bin", holds: "the programs of the host" },
  { path: "/sbin", holds: "the programs of the host" },
  { path: "/lib", holds: "the libraries and kernel modules of the host" },
  { path: "/lib64", holds: "the libraries of the host" },
  { path: "/opt/cni", holds: "the network plugins that run as root" },
  { path: "/root", holds: "the home folder of root" },
  { path: "/home", holds: "the home folders of users" },
  { path: "/run", holds: "the sockets of the host's services" },
  { path: "/var/lib/kubelet", holds: "the tokens and volumes of every pod of the node" },
  { path: "/var/lib/docker", holds: "the file systems of other containers" },
  { path: "/var/lib/containerd", holds: "the file systems of other containers" },
  { path: "/var/lib/containers", holds: "the file systems of other containers" },
  { path: "/var/lib/etcd", holds: "every object and secret of the cluster" },
  { path: "/var/lib/rancher", holds: "every secret of the cluster" },
  { path: "/var/log", holds: "logs of other containers, which links lead out of" },
  { path: "/var/spool/cron", holds: "the jobs of root" },
];
/** Files below these folders that give nothing away. */
const harmless = [
  "/etc/localtime",
  "/etc/timezone",
  "/usr/share/zoneinfo",
  "/etc/ssl/certs",
  "/usr/share/ca-certificates",
  "/etc/pki/ca-trust",
  "/dev/null",
  "/dev/shm",
];

export default defineCheck({
  title: "Sensitive host folder in a container",
  severity: "high",
  clauses: ["4.5.5-d", "8176-5.6-T2"],
  why: "A folder of the host's own configuration, programs or secrets in a container lets whoever breaks into the container take the host.",
  fix: "Remove the mount. Give configuration as a ConfigMap, secrets as a Secret and data as a volume allotted to the application.",
  references: ["CIS Docker 1.6.0 5.6"],
  needs: { container },
  evaluate({ container }) {
    const found = hostMounts(container).flatMap((mount) => {
      const reached = sensitive.find(({ path }) => contains(path, mount.path) || contains(mount.path, path));
      if (
        reached === undefined ||
        isSocket(mount.path) ||
        (mount.readOnly && harmless.some((path) => contains(path, mount.path)))
      )
        return [];
      const whole = mount.path === "/";
      return [
        {
          ...seenIn(container, `mounts.${mount.index}`),
          key: mount.path,
          found: `${mount.path} (${mount.readOnly ? "read-only" : "writable"}): ${whole ? "the whole host" : reached.holds}`,
          expected: "no sensitive folder of the host",
          severity: whole || !mount.readOnly ? ("critical" as const) : ("high" as const),
        },
      ];
    });
    return failEach(found, {
      ...seenIn(container, ""),
      found: `${container.mounts.length} mounts, none of a sensitive folder`,
      expected: "no sensitive folder of the host",
    });
  },
  examples: {
    pass: [
      { container: exampleContainer() },
      {
        container: exampleContainer({
          mounts: [{ kind: "host-path", source: "/etc/localtime", destination: "/etc/localtime", readOnly: true }],
        }),
      },
    ],
    fail: [
      {
        container: exampleContainer({
          mounts: [{ kind: "host-path", source: "/", destination: "/host", readOnly: true }],
        }),
      },
      {
        container: exampleContainer({
          mounts: [{ kind: "host-path", source: "/etc/kubernetes/pki", destination: "/pki", readOnly: true }],
        }),
      },
      {
        container: exampleContainer({
          mounts: [{ kind: "host-path", source: "/var/lib/../../etc", destination: "/x", readOnly: true }],
        }),
      },
    ],
  },
});
