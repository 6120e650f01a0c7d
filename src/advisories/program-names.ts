import { programRules } from "../formats/binaries/classify.ts";

/** What a program is called by sources that know it under other names than its classifier. */
interface OtherNames {
  readonly bitnami?: readonly string[];
  /** Components of Kubernetes as its feed names them. */
  readonly kubernetes?: readonly string[];
  /** Parts of the Go distribution as the Go team's database names them. */
  readonly golang?: readonly string[];
}

const otherNames: Readonly<Record<string, OtherNames>> = {
  go: { bitnami: ["golang"], golang: ["toolchain", "stdlib"] },
  java: { bitnami: ["java", "jre"] },
  mysql: { bitnami: ["mysql", "mysql-client"] },
  kubelet: { kubernetes: ["k8s.io/kubelet", "k8s.io/kubernetes"] },
  kubectl: { kubernetes: ["k8s.io/kubectl", "k8s.io/kubernetes"] },
  kubeadm: { kubernetes: ["k8s.io/kubernetes"] },
  "kube-proxy": { kubernetes: ["k8s.io/kube-proxy", "k8s.io/kubernetes"] },
  "kube-apiserver": { kubernetes: ["k8s.io/apiserver", "k8s.io/kubernetes"] },
  "kube-scheduler": { kubernetes: ["k8s.io/kubernetes"] },
  "kube-controller-manager": { kubernetes: ["k8s.io/controller-manager", "k8s.io/kubernetes"] },
  "nginx-ingress-controller": { kubernetes: ["k8s.io/ingress-nginx"] },
};

/** Products for which NVD has used several `vendor:product` names; each line is one program. */
const sameProducts: readonly (readonly string[])[] = [
  ["f5:nginx", "nginx:nginx", "f5:nginx_open_source", "igor_sysoev:nginx"],
  ["redis:redis", "redislabs:redis"],
  ["lfprojects:valkey", "valkey-io:valkey", "linuxfoundation:valkey"],
  ["jqlang:jq", "jq_project:jq", "stedolan:jq"],
  ["git-scm:git", "git:git", "git_project:git"],
  ["nodejs:node.js", "nodejs:nodejs"],
  ["erlang:erlang\\/otp", "erlang:otp", "erlang:erlang"],
  ["mobyproject:moby", "docker:engine"],
  ["linuxfoundation:containerd", "containerd:containerd"],
  ["linuxfoundation:runc", "opencontainers:runc"],
  ["vmware:rabbitmq", "rabbitmq:rabbitmq", "pivotal_software:rabbitmq", "vmware:rabbitmq_server"],
  ["oracle:mysql", "oracle:mysql_server", "mysql:mysql"],
  ["oracle:jre", "oracle:jdk", "oracle:java_se", "sun:jre"],
  ["oracle:openjdk", "sun:openjdk"],
  ["haxx:curl", "haxx:libcurl"],
  ["treasuredata:fluent_bit", "fluentbit:fluent_bit"],
  ["varnish-software:varnish_cache", "varnish_cache_project:varnish_cache", "varnish-cache:varnish"],
  ["squid-cache:squid", "squid:squid"],
  ["kernel:util-linux", "kernel:util_linux"],
  ["etcd:etcd", "redhat:etcd", "etcd-io:etcd"],
  ["ruby-lang:ruby", "yukihiro_matsumoto:ruby"],
  ["argoproj:argo_cd", "linuxfoundation:argo-cd"],
  ["oauth2_proxy_project:oauth2_proxy", "bitly:oauth2_proxy"],
];

/** Products that are another one with patches, and bear its version number: its vulnerabilities are theirs. */
const builtFrom: Readonly<Record<string, string>> = {
  "percona:percona_server": "oracle:mysql",
  "percona:xtradb_cluster": "oracle:mysql",
};

/** Products that images hold without a classifier of their own: they come from bills of materials, or run behind a program that has one. */
const unclassified: readonly string[] = [
  "apache:kafka",
  "apache:tomcat",
  "apache:zookeeper",
  "dragonflydb:dragonfly",
  "gnu:glibc",
  "musl-libc:musl",
  "wordpress:wordpress",
];

const synonyms: ReadonlyMap<string, readonly string[]> = new Map(
  sameProducts.flatMap((names) => names.map((name) => [name, names] as const)),
);

let known: ReadonlySet<string> | undefined;

/**
 * Whether a `vendor:product` is a program that is found unpackaged in images. Ranges of everything else are left out of the data: matching packages by
 * CPE is the largest source of false alarms, and packages have better feeds.
 */
export function isProgramCpe(name: string): boolean {
  known ??= new Set([
    ...programRules.flatMap(({ cpe }) => (cpe === undefined ? [] : [cpe])),
    ...sameProducts.flat(),
    ...unclassified,
  ]);
  return known.has(name);
}

/** All `vendor:product` names of the same program and of what it is built from, the given one first. */
export function cpeNamesOf(name: string): readonly string[] {
  const base = builtFrom[name];
  const names = [name, ...(synonyms.get(name) ?? []), ...(base === undefined ? [] : cpeNamesOf(base))];
  return [...new Set(names)];
}

/** Names to ask for a program by, each with the ecosystem that knows it so: its own in `generic` and `bitnami`, and what those and others call it. */
export function programNamesOf(name: string): readonly (readonly [ecosystem: string, name: string])[] {
  const { bitnami = [name], kubernetes = [], golang = [] } = otherNames[name] ?? {};
  return [
    ["generic", name],
    ...bitnami.map((other) => ["bitnami", other] as const),
    ...kubernetes.map((other) => ["kubernetes", other] as const),
    ...golang.map((other) => ["golang", other] as const),
  ];
}
