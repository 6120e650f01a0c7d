import { introduced, type LoneMark, type ProgramRule, place, semanticString, type VersionMark } from "./rule.ts";

interface GoProgram {
  readonly name: string;
  readonly cpe?: string;
  readonly files: readonly string[];
  /** Whether other builds keep the version as a constant, which has no end that could be found. */
  readonly shared?: boolean;
  /** Path of its module, without the suffix of its major version; none where the module's version is not the program's. */
  readonly module?: string;
  /** Modules of the same release that it is linked with, for builds that do not know their own. */
  readonly required?: readonly string[];
  /** Variables that its build sets to its version (go link, `-X`), by the ends of their names. */
  readonly variables?: readonly string[];
  /** Whether its build writes the version with a `v`, without one, or has done both. */
  readonly written?: "v" | "bare" | "either";
  /** Texts of the program itself, tried first. */
  readonly marks?: readonly VersionMark[];
  /** What its version can be, where that is more than three numbers. */
  readonly string?: RegExp;
}

const number = "\\d{1,5}\\.\\d{1,5}\\.\\d{1,5}(?:-[0-9A-Za-z][0-9A-Za-z.-]{0,40})?";
/** Of a commit that no tag names, the version says nothing (go.dev/ref/mod#pseudo-versions). */
const pseudoVersion = "\\d{1,5}\\.\\d{1,5}\\.\\d{1,5}-(?:[0-9A-Za-z.]{1,20}\\.)?\\d{14}-[0-9a-f]{12}";

/*
 * Where the linker puts the value of a variable there is a string with a zero byte at its end, among constants of all kinds.
 * The revision, the state of the work tree and the version of Go are such strings too, and often neighbours.
 */
const contexts: readonly RegExp[] = [
  new RegExp(`(?:HEAD|Clean|Modified|go1\\.\\d{1,2}(?:\\.\\d{1,2})?)\\0{1,12}v?${place}\\0`),
  new RegExp(`${place}\\0[\\s\\S]{0,12}(?:HEAD|Clean|Modified|go1\\.\\d{1,2}(?:\\.\\d{1,2})?)\\0`),
  // Where strings are aligned (s390x), constants of odd length have a zero byte after them too, but their neighbours are text.
  new RegExp(`(?:^|[^ -~])[^ -~]v?${place}\\0`),
];

function goProgram({
  module,
  required = [],
  variables = [],
  written = "either",
  marks = [],
  string,
  ...rule
}: GoProgram): ProgramRule {
  return {
    ...rule,
    marks: [
      ...marks,
      ...variables.map(linkedVariable),
      ...(module === undefined ? [] : [statedModule("mod", module)]),
      ...required.map((one) => statedModule("dep", one)),
      linkedString(written, string ?? semanticString),
    ],
  };
}

/** A module of the build information: the main one where the program was installed as a module, or one that it is linked with (go version -m). */
function statedModule(kind: "mod" | "dep", module: string): VersionMark {
  const escaped = module.replace(/[.]/g, "\\.");
  return {
    keyword: `${kind}\t${module}`,
    after: 120,
    pattern: new RegExp(
      `^${kind}\\t${escaped}(?:/v\\d{1,3})?\\tv(?!${pseudoVersion})(?<version>${number})(?:\\+[a-z]{1,20})?[\\t\\n]`,
    ),
  };
}

/** The flags of the linker in the build information: `-X example.org/version.Version=1.2.3`. */
function linkedVariable(variable: string): VersionMark {
  const escaped = variable.replace(/[.]/g, "\\.");
  return {
    keyword: `${variable}=`,
    pattern: new RegExp(`^${escaped}=v?(?<version>${number}(?:\\+[0-9A-Za-z.+-]{1,40})?)(?=["'\\\\\\s])`),
  };
}

function linkedString(written: "v" | "bare" | "either", lone: RegExp): LoneMark {
  return { lone, contexts, anywhere: true, ...(written === "bare" ? {} : { prefix: written }) };
}

/** Elastic's Beats keep the version as a constant, next to the same other texts of five letters. */
function beat(name: string): ProgramRule {
  return {
    name,
    cpe: `elastic:${name}`,
    files: [name],
    marks: [
      introduced(`${name}/`),
      { keyword: "setupTest ", pattern: /^setupTest (?<version>\d{1,2}\.\d{1,2}\.\d{1,2})(?!\d|\.\d)/ },
    ],
  };
}

const vaultTexts: readonly VersionMark[] = [
  { keyword: "0x%016x", pattern: /^0x%016x(?<version>\d\.\d{1,2}\.\d{1,2})(?=\n?123-abc)/ },
  { keyword: ")(nil))(%#v) {...}", before: 12, pattern: /[a-z](?<version>\d\.\d{1,2}\.\d{1,2})\)\(nil\)/ },
];

const istioString =
  /^(?<version>1\.\d{1,3}(?:\.\d{1,3}(?:-[0-9A-Za-z][0-9A-Za-z.-]{0,40})?|-(?:dev|alpha|beta|rc)[0-9A-Za-z.]{0,20}))\0/;

const hashicorp = (name: string, variables: readonly string[], marks: readonly VersionMark[] = []): ProgramRule =>
  goProgram({
    name,
    cpe: `hashicorp:${name}`,
    files: [name],
    module: `github.com/hashicorp/${name}`,
    variables,
    marks,
    written: "bare",
  });

const prometheusFamily = (name: string, file: string): ProgramRule =>
  goProgram({
    name,
    files: [file],
    // Prometheus 2.53.1 is the module v0.53.1.
    ...(name === "prometheus" ? { cpe: "prometheus:prometheus" } : { module: `github.com/prometheus/${file}` }),
    variables: ["prometheus/common/version.Version"],
    written: "bare",
  });

const kubernetesPrograms = [
  "kubectl",
  "kubelet",
  "kubeadm",
  "kube-proxy",
  "kube-apiserver",
  "kube-scheduler",
  "kube-controller-manager",
];

/** Programs in Go whose builds set or keep their version; what they are made of the build information tells. */
export const goPrograms: readonly ProgramRule[] = [
  hashicorp(
    "consul",
    ["consul/version.Version", "consul/version.fullVersion"],
    [
      {
        keyword: "CONSUL_VERSION: ",
        pattern: /^CONSUL_VERSION: (?<version>\d\.\d{1,2}\.\d{1,2}(?:[-+][a-z0-9.+]{1,20})?)\s/,
      },
    ],
  ),
  hashicorp("vault", ["vault/sdk/version.Version", "vault/version.Version", "vault/version.fullVersion"], vaultTexts),
  hashicorp("terraform", ["terraform/version.Version"]),
  hashicorp("nomad", ["nomad/version.Version"]),
  hashicorp("boundary", ["boundary/version.Version"]),
  hashicorp("packer", ["packer/version.Version"]),
  goProgram({
    name: "traefik",
    cpe: "traefik:traefik",
    files: ["traefik"],
    module: "github.com/traefik/traefik",
    variables: ["pkg/version.Version"],
    written: "either",
  }),
  goProgram({
    name: "helm",
    cpe: "helm:helm",
    files: ["helm", "tiller"],
    module: "helm.sh/helm",
    variables: ["internal/version.version", "pkg/version.Version"],
    written: "v",
  }),
  ...["pilot-agent", "pilot-discovery", "istioctl"].map((file) =>
    goProgram({
      name: "istio",
      cpe: "istio:istio",
      files: [file],
      module: "istio.io/istio",
      variables: ["istio/pkg/version.buildVersion"],
      written: "bare",
      string: istioString,
    }),
  ),
  goProgram({
    name: "nginx-ingress-controller",
    cpe: "kubernetes:ingress-nginx",
    files: ["nginx-ingress-controller"],
    module: "k8s.io/ingress-nginx",
    variables: ["version.RELEASE"],
  }),
  goProgram({
    name: "grafana",
    cpe: "grafana:grafana",
    files: ["grafana", "grafana-server", "grafana-cli"],
    module: "github.com/grafana/grafana",
    variables: ["main.version"],
    written: "bare",
  }),
  goProgram({
    name: "argo-cd",
    cpe: "argoproj:argo_cd",
    files: ["argocd"],
    module: "github.com/argoproj/argo-cd",
    variables: ["common.version"],
    written: "bare",
  }),
  goProgram({
    name: "etcd",
    cpe: "etcd:etcd",
    files: ["etcd", "etcdctl", "etcdutl"],
    module: "go.etcd.io/etcd",
    required: ["go.etcd.io/etcd/api"],
    written: "bare",
    shared: true,
  }),
  prometheusFamily("prometheus", "prometheus"),
  prometheusFamily("alertmanager", "alertmanager"),
  prometheusFamily("node-exporter", "node_exporter"),
  prometheusFamily("blackbox-exporter", "blackbox_exporter"),
  prometheusFamily("pushgateway", "pushgateway"),
  ...kubernetesPrograms.map((file) =>
    goProgram({
      name: file,
      cpe: "kubernetes:kubernetes",
      files: [file],
      module: "k8s.io/kubernetes",
      variables: ["component-base/version.gitVersion"],
      written: "v",
    }),
  ),
  goProgram({
    name: "containerd",
    cpe: "linuxfoundation:containerd",
    files: ["containerd", "ctr"],
    module: "github.com/containerd/containerd",
    variables: ["containerd/version.Version", "v2/version.Version"],
  }),
  goProgram({
    name: "runc",
    cpe: "linuxfoundation:runc",
    files: ["runc"],
    module: "github.com/opencontainers/runc",
    variables: ["main.version"],
    written: "bare",
  }),
  goProgram({
    name: "docker",
    cpe: "mobyproject:moby",
    files: ["dockerd"],
    module: "github.com/docker/docker",
    variables: ["dockerversion.Version"],
    written: "bare",
  }),
  goProgram({
    name: "docker-cli",
    cpe: "docker:docker",
    files: ["docker"],
    module: "github.com/docker/cli",
    variables: ["cli/version.Version"],
    written: "bare",
  }),
  goProgram({
    name: "coredns",
    cpe: "coredns.io:coredns",
    files: ["coredns"],
    module: "github.com/coredns/coredns",
    shared: true,
  }),
  goProgram({
    name: "caddy",
    cpe: "caddyserver:caddy",
    files: ["caddy"],
    module: "github.com/caddyserver/caddy",
    required: ["github.com/caddyserver/caddy"],
    variables: ["caddy.CustomVersion"],
    shared: true,
  }),
  goProgram({
    name: "gitea",
    cpe: "gitea:gitea",
    files: ["gitea"],
    module: "code.gitea.io/gitea",
    variables: ["main.Version"],
    written: "bare",
  }),
  goProgram({
    name: "influxdb",
    cpe: "influxdata:influxdb",
    files: ["influxd", "influx"],
    module: "github.com/influxdata/influxdb",
    variables: ["main.version"],
  }),
  goProgram({
    name: "oauth2-proxy",
    cpe: "oauth2_proxy_project:oauth2_proxy",
    files: ["oauth2-proxy"],
    module: "github.com/oauth2-proxy/oauth2-proxy",
    variables: ["version.VERSION"],
    written: "v",
  }),
  ...["auditbeat", "filebeat", "heartbeat", "metricbeat", "packetbeat"].map(beat),
];
