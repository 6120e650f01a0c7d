import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
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
import { defineOsvFeed } from "./osv-feeds.ts";

/**
 * CPython's advisories. They name the commits that fixed a vulnerability and no versions, so that they explain an id but match no version; ranges for
 * `python` come from the feeds with CPE ranges.
 */
export const psf: Feed = {
  id: "psf",
  title: "Python Software Foundation advisories",
  names: ["psf", "psf-advisory-database"],
  ecosystems: ["generic"],
  mirror: { kind: "files", urls: ["https://github.com/psf/advisory-database/archive/refs/heads/main.tar.gz"] },
  wants: (path) => /PSF-[^/]*\.json$/.test(path),
  recognises: ({ text }) => /"id":\s*"PSF-/.test(text),
  read: (file) => ({ records: [psfRecord(file)] }),
};

function psfRecord(file: FeedFile): AdvisoryRecord {
  const document = readJson(file);
  const id = requireText(member(document, "id"), file, "id");
  const repositories = listOf(member(document, "affected")).flatMap((affected) =>
    listOf(member(affected, "ranges")).flatMap((range) => textOf(member(range, "repo")) ?? []),
  );
  const title = textOf(member(document, "summary"));
  const modified = dayOf(member(document, "modified"));
  return {
    id,
    aliases: textsOf(member(document, "aliases")),
    source: "psf",
    ecosystem: "generic",
    package: repositories.some((url) => url.includes("pypa/pip")) ? "pip" : "python",
    ranges: [],
    state: "unknown",
    status: "commits-only",
    ...(title !== undefined && { title }),
    ...(modified !== undefined && { modified }),
  };
}

/** The official CVE feed of Kubernetes as OSV, by component: `k8s.io/kubelet`, `k8s.io/apiserver` (Apache-2.0). */
export const kubernetesFeed: Feed = defineOsvFeed({
  id: "kubernetes",
  title: "Kubernetes CVE feed",
  names: ["k8sfeed", "cve-feed-osv", "kubernetes"],
  ecosystems: ["kubernetes"],
  mirror: { kind: "files", urls: ["https://github.com/kubernetes-sigs/cve-feed-osv/archive/refs/heads/main.tar.gz"] },
  wants: (path) => /(^|\/)vulns\/CVE-[^/]*\.json$/.test(path) || /^CVE-[^/]*\.json$/.test(path),
  recognises: ({ text }) => /"ecosystem":\s*"kubernetes"/i.test(text),
  reading: { source: "kubernetes" },
});

/** The same vulnerabilities as collected by another project, which reaches further back. */
export const kubernetesList: Feed = defineOsvFeed({
  id: "kubernetes-list",
  title: "Kubernetes vulnerability list",
  names: ["k8s", "kubernetes-list", "vuln-list-k8s"],
  ecosystems: ["kubernetes"],
  mirror: { kind: "files", urls: ["https://github.com/aquasecurity/vuln-list-k8s/archive/refs/heads/main.tar.gz"] },
  wants: (path) => /(^|\/)upstream\/CVE-[^/]*\.json$/.test(path),
  reading: { source: "kubernetes-list" },
});

/** Which CPEs each of Red Hat's repositories and content sets stands for. */
export const repositoryToCpe: Feed = {
  id: "repository-to-cpe",
  title: "Red Hat repository to CPE map",
  names: ["repo2cpe", "repository-to-cpe"],
  ecosystems: ["rhel"],
  mirror: { kind: "files", urls: ["https://security.access.redhat.com/data/meta/v1/repository-to-cpe.json"] },
  wants: (path) => path.endsWith("repository-to-cpe.json"),
  recognises: ({ text }) => text.includes('"repo_relative_urls"') && text.includes('"cpes"'),
  read: (file) => {
    const entries = Object.entries(tableOf(member(readJson(file), "data")) ?? {});
    if (entries.length === 0) throw corrupt(file.path, "lists no repositories");
    return { repositories: entries.map(([name, entry]) => [name, textsOf(member(entry, "cpes"))] as const) };
  },
};
