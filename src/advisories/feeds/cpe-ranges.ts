import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord, AffectedRange } from "../record.ts";
import {
  dayOf,
  type Feed,
  type FeedFile,
  listOf,
  member,
  readJson,
  requireText,
  tableOf,
  textOf,
  textsOf,
} from "./feed.ts";

/**
 * Products that are found as unpackaged programs in images, as `vendor:product` of their CPEs. Ranges of everything else are left out: matching packages
 * by CPE is the largest source of false alarms, and packages have better feeds.
 */
const programs: ReadonlySet<string> = new Set([
  "apache:http_server",
  "apache:tomcat",
  "arangodb:arangodb",
  "gnu:bash",
  "busybox:busybox",
  "google:chrome",
  "hashicorp:consul",
  "hashicorp:vault",
  "hashicorp:terraform",
  "hashicorp:nomad",
  "haxx:curl",
  "haxx:libcurl",
  "dart:dart_software_development_kit",
  "deno:deno",
  "elixir-lang:elixir",
  "envoyproxy:envoy",
  "erlang:erlang\\/otp",
  "erlang:otp",
  "erlang:erlang",
  "ffmpeg:ffmpeg",
  "mozilla:firefox",
  "treasuredata:fluent_bit",
  "fluentbit:fluent_bit",
  "golang:go",
  "grafana:grafana",
  "gnu:gzip",
  "haproxy:haproxy",
  "haskell:glasgow_haskell_compiler",
  "helm:helm",
  "istio:istio",
  "oracle:jre",
  "oracle:jdk",
  "oracle:openjdk",
  "oracle:java_se",
  "jqlang:jq",
  "jq_project:jq",
  "stedolan:jq",
  "julialang:julia",
  "mit:kerberos_5",
  "lighttpd:lighttpd",
  "mariadb:mariadb",
  "mongodb:mongodb",
  "oracle:mysql",
  "oracle:mysql_server",
  "oracle:mysql_cluster",
  "percona:xtrabackup",
  "percona:xtradb_cluster",
  "kubernetes:ingress-nginx",
  "f5:nginx",
  "f5:nginx_open_source",
  "nginx:nginx",
  "nodejs:node.js",
  "nodejs:nodejs",
  "openssl:openssl",
  "perl:perl",
  "php:php",
  "postgresql:postgresql",
  "proftpd:proftpd",
  "python:python",
  "qt:qt",
  "redis:redis",
  "redislabs:redis",
  "ruby-lang:ruby",
  "rust-lang:rust",
  "swi-prolog:swi-prolog",
  "traefik:traefik",
  "kernel:util-linux",
  "lfprojects:valkey",
  "valkey-io:valkey",
  "facebook:zstandard",
  "elastic:auditbeat",
  "elastic:heartbeat",
  "elastic:packetbeat",
  "elastic:filebeat",
  "elastic:metricbeat",
  "amazon:aws-lc",
  "memcached:memcached",
  "rabbitmq:rabbitmq",
  "vmware:rabbitmq",
  "wordpress:wordpress",
  "containerd:containerd",
  "linuxfoundation:containerd",
  "linuxfoundation:runc",
  "opencontainers:runc",
  "docker:docker",
  "docker:engine",
  "mobyproject:moby",
  "etcd:etcd",
  "kubernetes:kubernetes",
  "coredns.io:coredns",
  "prometheus:prometheus",
  "dragonflydb:dragonfly",
  "apache:zookeeper",
  "apache:kafka",
  "gnu:glibc",
  "musl-libc:musl",
]);

/** CPE ranges that NVD has not stated, in NVD's form (CC0). */
export const nvdOverrides: Feed = {
  id: "nvd-overrides",
  title: "NVD data overrides",
  names: ["nvd_overrides", "nvd-overrides", "nvd-data-overrides"],
  ecosystems: ["cpe"],
  mirror: { kind: "files", urls: ["https://github.com/anchore/nvd-data-overrides/archive/refs/heads/main.tar.gz"] },
  wants: (path) => /CVE-[^/]*\.json$/.test(path),
  recognises: ({ text }) => text.includes('"cpeMatch"') && text.includes('"_annotation"'),
  read: (file) => ({ records: nvdRecords(file) }),
};

/** CPE ranges in the form of CVE records, with what NVD lacks (CC0). */
export const cveEnrichment: Feed = {
  id: "cve-enrichment",
  title: "CVE data enrichment",
  names: ["cve_enrich", "cve-data-enrichment", "cve-enrichment"],
  ecosystems: ["cpe"],
  mirror: { kind: "files", urls: ["https://github.com/anchore/cve-data-enrichment/archive/refs/heads/main.tar.gz"] },
  wants: (path) => /CVE-[^/]*\.json$/.test(path),
  recognises: ({ text }) => text.includes('"additionalMetadata"') && text.includes('"adp"'),
  read: (file) => ({ records: enrichedRecords(file) }),
};

function nvdRecords(file: FeedFile): AdvisoryRecord[] {
  const document = readJson(file);
  const id = requireText(member(member(document, "_annotation"), "cve_id"), file, "cve_id");
  const modified = dayOf(member(member(document, "_annotation"), "modified"));
  const collected = new Ranges();
  for (const configuration of listOf(member(member(document, "cve"), "configurations"))) {
    for (const node of listOf(member(configuration, "nodes"))) {
      for (const match of listOf(member(node, "cpeMatch")))
        if (member(match, "vulnerable") === true) collected.addMatch(match);
    }
  }
  return collected.records(id, "nvd-overrides", modified);
}

function enrichedRecords(file: FeedFile): AdvisoryRecord[] {
  const document = readJson(file);
  const id = requireText(member(member(document, "additionalMetadata"), "cveId"), file, "cveId");
  if (tableOf(member(document, "adp")) === undefined) throw corrupt(file.path, "has no adp part");
  const collected = new Ranges();
  for (const affected of listOf(member(member(document, "adp"), "affected"))) {
    const ranges = listOf(member(affected, "versions")).flatMap((version) => enrichedRange(version) ?? []);
    for (const cpe of textsOf(member(affected, "cpes"))) collected.add(cpe, ranges);
  }
  return collected.records(id, "cve-enrichment", undefined);
}

/** A version or range of a CVE record (CVE record format 5, `affected[].versions[]`). */
function enrichedRange(entry: unknown): AffectedRange | undefined {
  if (member(entry, "status") !== "affected") return undefined;
  const version = textOf(member(entry, "version"));
  const introduced = version === undefined || version === "*" || version === "0" ? "0" : version;
  const fixed = textOf(member(entry, "lessThan"));
  const last = textOf(member(entry, "lessThanOrEqual"));
  if (fixed !== undefined && fixed !== "*") return { introduced, fixed };
  if (last !== undefined && last !== "*") return { introduced, lastAffected: last };
  return fixed === "*" || last === "*" || introduced === "0"
    ? { introduced }
    : { introduced, lastAffected: introduced };
}

/** Gathers ranges by product. */
class Ranges {
  readonly #ranges = new Map<string, Map<string, AffectedRange>>();

  /** A match of NVD (NVD API 2.0, `cpeMatch`): a range, or the one version that the CPE names. */
  addMatch(match: unknown): void {
    const criteria = textOf(member(match, "criteria"));
    if (criteria === undefined) return;
    const version = criteria.split(/(?<!\\):/)[5]?.replaceAll("\\", "");
    const start = textOf(member(match, "versionStartIncluding")) ?? textOf(member(match, "versionStartExcluding"));
    const fixed = textOf(member(match, "versionEndExcluding"));
    const last = textOf(member(match, "versionEndIncluding"));
    const exact = version !== undefined && version !== "*" && version !== "-" ? version : undefined;
    const end =
      fixed !== undefined
        ? { fixed }
        : last !== undefined
          ? { lastAffected: last }
          : exact !== undefined
            ? { lastAffected: exact }
            : {};
    this.add(criteria, [{ introduced: start ?? exact ?? "0", ...end }]);
  }

  add(cpe: string, ranges: readonly AffectedRange[]): void {
    const [, , part, vendor, product] = cpe.split(/(?<!\\):/);
    const name = `${vendor}:${product}`.toLowerCase();
    if (part !== "a" || !programs.has(name)) return;
    const known = this.#ranges.get(name) ?? new Map<string, AffectedRange>();
    for (const range of ranges) known.set(JSON.stringify(range), range);
    this.#ranges.set(name, known);
  }

  records(id: string, source: string, modified: string | undefined): AdvisoryRecord[] {
    return [...this.#ranges].map(([name, ranges]) => ({
      id,
      aliases: [],
      source,
      ecosystem: "cpe",
      package: name,
      ranges: [...ranges.values()],
      state: [...ranges.values()].some(({ fixed }) => fixed !== undefined) ? "fixed" : "unknown",
      ...(modified !== undefined && { modified }),
    }));
  }
}
