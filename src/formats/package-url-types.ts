import type { PackageUrl } from "./package-url.ts";

/** What a type of package URL prescribes beyond the specification (package-url/purl-spec, "types"). */
export interface PackageUrlRules {
  /** The parts in the form of the type. */
  normalise?(url: PackageUrl): PackageUrl;
  /** Which rule is broken; undefined where none is. */
  complaint?(url: PackageUrl): string | undefined;
}

const small = (text: string | undefined) => text?.toLowerCase();

const smallNames = {
  normalise: (url: PackageUrl) => ({ ...url, namespace: small(url.namespace), name: url.name.toLowerCase() }),
};
const smallName = { normalise: (url: PackageUrl) => ({ ...url, name: url.name.toLowerCase() }) };
const smallNamespace = { normalise: (url: PackageUrl) => ({ ...url, namespace: small(url.namespace) }) };
const needsNamespace = {
  complaint: ({ type, namespace }: PackageUrl) => (namespace === undefined ? `${type} needs a namespace` : undefined),
};
const hasNoNamespace = {
  complaint: ({ type, namespace }: PackageUrl) => (namespace === undefined ? undefined : `${type} has no namespace`),
};

const rules: Readonly<Record<string, PackageUrlRules>> = {
  alpm: smallNames,
  apk: smallNames,
  bitbucket: smallNames,
  bitnami: smallName,
  brew: smallNames,
  "chrome-extension": {
    complaint: ({ name, version }) =>
      /^[a-p]{32}$/.test(name) && /^(\d+(\.\d+){0,3})?$/.test(version ?? "")
        ? undefined
        : "an extension of Chrome is named by 32 letters from a to p, with up to four numbers as version",
  },
  composer: smallNames,
  cpan: {
    normalise: (url) => ({ ...url, namespace: url.namespace?.toUpperCase() }),
    complaint: ({ name }) => (name.includes("::") ? "a module's name is none of a distribution" : undefined),
  },
  deb: smallNames,
  git: { normalise: repository },
  github: smallNames,
  gitlab: smallNames,
  hex: smallNames,
  huggingface: { normalise: (url) => ({ ...url, version: small(url.version) }) },
  julia: {
    complaint: ({ qualifiers }) => (qualifiers["uuid"] ? undefined : "julia needs the qualifier uuid"),
  },
  luarocks: smallNames,
  maven: needsNamespace,
  mlflow: {
    // Databricks does not tell capitals apart in names, other registries do.
    normalise: (url) =>
      url.qualifiers["repository_url"]?.includes("databricks") ? { ...url, name: url.name.toLowerCase() } : url,
  },
  oci: smallNames,
  otp: { ...smallName, ...hasNoNamespace },
  pub: { normalise: (url) => ({ ...url, name: url.name.toLowerCase().replace(/[^a-z0-9_]/g, "_") }) },
  pypi: { normalise: (url) => ({ ...url, name: url.name.toLowerCase().replaceAll("_", "-") }) },
  qpkg: smallNamespace,
  rpm: smallNamespace,
  swift: needsNamespace,
  vcpkg: hasNoNamespace,
  "vscode-extension": { ...smallNames, ...needsNamespace },
};

/** The name of a repository holds all behind its host; GitHub does not tell capitals apart. */
function repository(url: PackageUrl): PackageUrl {
  const [host, ...steps] = [...(url.namespace?.split("/") ?? []), url.name];
  const name = steps.length === 0 ? url.name : steps.join("/");
  const namespace = steps.length === 0 ? undefined : host;
  return namespace === "github" || namespace === "github.com"
    ? { ...url, namespace, name: name.toLowerCase() }
    : { ...url, namespace, name };
}

/** The rules of a type; none where the specification has none. */
export function rulesOf(type: string): PackageUrlRules {
  return Object.hasOwn(rules, type) ? (rules[type] as PackageUrlRules) : {};
}
