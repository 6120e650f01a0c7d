import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** An image reference, taken apart (distribution/reference grammar). */
export const ImageReference = z.object({
  /** As written. */
  text: z.string(),
  registry: z.string(),
  repository: z.string(),
  tag: z.string().optional(),
  digest: z.string().optional(),
});

const Mount = z.object({
  name: z.string().optional(),
  kind: z.enum(["host-path", "volume", "config-map", "secret", "empty-dir", "projected", "tmpfs", "image", "other"]),
  /** Path on the host, for host paths; name of what is mounted otherwise. */
  source: z.string().optional(),
  /** Path in the container; empty where it is a volume of the pod that this container does not mount. */
  destination: z.string(),
  readOnly: z.boolean(),
  propagation: z.string().optional(),
  options: z.array(z.string()).default([]),
});

const Profile = z.object({
  kind: z.enum(["runtime-default", "unconfined", "localhost", "other"]),
  profile: z.string().optional(),
});
const SeLinux = z.object({
  type: z.string().optional(),
  user: z.string().optional(),
  role: z.string().optional(),
  level: z.string().optional(),
  disabled: z.boolean().default(false),
});

/** One container as its orchestrator or runtime will run it: a manifest, an admission request, a live pod and an engine's container alike. Absent means not set, so that the runtime's default counts. */
export const container = defineFact({
  id: "container/container",
  summary: "the container's settings",
  obtain: "plimsoll assess cluster FOLDER_OF_MANIFESTS, or plimsoll assess container SOCKET",
  schema: z.object({
    name: z.string(),
    role: z.enum(["main", "init", "sidecar", "ephemeral"]).default("main"),
    /** Who describes it: `kubernetes`, `docker`, `podman`, `compose`, `oci`. */
    runtime: z.string(),
    image: ImageReference,
    imagePullPolicy: z.string().optional(),
    privileged: z.boolean().default(false),
    /** User as `uid`, `name` or `uid:gid`; absent where the image decides. */
    user: z.string().optional(),
    group: z.string().optional(),
    runAsNonRoot: z.boolean().optional(),
    allowPrivilegeEscalation: z.boolean().optional(),
    readOnlyRootFilesystem: z.boolean().default(false),
    capabilities: z.object({ add: z.array(z.string()).default([]), drop: z.array(z.string()).default([]) }),
    /** seccomp: `runtime-default`, `unconfined`, `localhost` (a profile of its own); absent where nothing is set (Kubernetes: unconfined unless the kubelet defaults it). */
    seccomp: Profile.optional(),
    appArmor: Profile.optional(),
    seLinux: SeLinux.optional(),
    /** Kubernetes: what the pod sets for all its containers, whether or not this container sets it anew: the Pod Security Standards judge both. */
    podSettings: z
      .object({
        user: z.string().optional(),
        runAsNonRoot: z.boolean().optional(),
        seccomp: Profile.optional(),
        appArmor: Profile.optional(),
        seLinux: SeLinux.optional(),
        windowsHostProcess: z.boolean().optional(),
      })
      .optional(),
    /** Operating system that the pod says it needs: `linux`, `windows`; absent where it says nothing. */
    operatingSystem: z.string().optional(),
    /** Windows: runs as a process of the host. */
    windowsHostProcess: z.boolean().default(false),
    /** Hosts that probes and lifecycle hooks connect to, where they name one. */
    probeHosts: z.array(z.object({ probe: z.string(), host: z.string() })).default([]),
    procMount: z.string().optional(),
    /** True where the container shares the host's. `user` is true unless it has a user namespace of its own. */
    hostNamespaces: z.object({
      network: z.boolean(),
      pid: z.boolean(),
      ipc: z.boolean(),
      uts: z.boolean().default(false),
      user: z.boolean().optional(),
    }),
    mounts: z.array(Mount).default([]),
    devices: z.array(z.string()).default([]),
    sysctls: z.record(z.string(), z.string()).default({}),
    ports: z
      .array(
        z.object({
          container: z.number(),
          host: z.number().optional(),
          hostAddress: z.string().optional(),
          protocol: z.string().default("TCP"),
        }),
      )
      .default([]),
    /** Limits: memory in bytes, CPU in cores, number of processes; absent where unlimited. */
    limits: z.object({ memory: z.number().optional(), cpu: z.number().optional(), processes: z.number().optional() }),
    /** Environment: where each value comes from. Literal values are kept only where they look harmless, masked otherwise. */
    env: z
      .array(
        z.object({
          name: z.string(),
          from: z.enum(["literal", "secret", "config-map", "field", "other"]),
          value: z.string().optional(),
          looksSecret: z.boolean().default(false),
        }),
      )
      .default([]),
    command: z.array(z.string()).default([]),
    probes: z.object({ liveness: z.boolean(), readiness: z.boolean() }).optional(),
    /** Control group that it is put below, where it names one. */
    cgroupParent: z.string().optional(),
    /** Whether it is running now; absent for manifests. */
    running: z.boolean().optional(),
    /** Where each field was read from: the file, and 1-based lines by field name (`privileged`, `image`, `mounts.2`); the empty name is the container itself. */
    origin: z.object({
      file: z.string().optional(),
      lines: z.record(z.string(), z.number()).default({}),
      paths: z.record(z.string(), z.string()).default({}),
    }),
  }),
});
/** One container as it will be run. */
export type Container = z.output<typeof container.schema>;
