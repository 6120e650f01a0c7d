import { corrupt, limitExceeded } from "../core/errors.ts";

/** What an engine's answer to `GET /version` says of itself. */
export interface EngineVersion {
  readonly components: readonly { readonly component: string; readonly version: string }[];
  /** Who built it; undefined where it does not say. */
  readonly platform: string | undefined;
  /** Whether it is Docker's own build: the answer of a distribution's build names no platform, or has its marks in the version. */
  readonly isUpstreamBuild: boolean;
}

const mostComponents = 1_000;
const longestText = 4_096;

/** Names of components in answers of Docker and Podman, in lower case. */
const names: readonly (readonly [pattern: RegExp, component: string])[] = [
  [/^engine$/, "docker"],
  [/^podman engine$/, "podman"],
  [/^containerd$/, "containerd"],
  [/^runc$/, "runc"],
  [/^crun$/, "crun"],
  [/^buildkit$/, "buildkit"],
  [/^kata(-runtime)?$/, "kata"],
];

/**
 * Reads the answer to `GET /version` (Docker Engine API, "SystemVersion"; Podman answers alike). A component that is not known by name is left out, as is
 * one without a version. Throws `CORRUPT_INPUT` where the answer is none.
 */
export function parseEngineVersion(answer: unknown, what: string): EngineVersion {
  const document = tableOf(answer);
  if (document === undefined) throw corrupt(what, "is no answer about a version");
  const listed = Array.isArray(document["Components"]) ? document["Components"] : [];
  if (listed.length > mostComponents) throw limitExceeded(what, `${mostComponents} components`);
  const found = listed.flatMap((entry: unknown) => {
    const { Name: name, Version: version } = tableOf(entry) ?? {};
    return componentOf(text(name), text(version)) ?? [];
  });
  const version = text(document["Version"]);
  const isDocker = !found.some(({ component }) => component === "podman" || component === "docker");
  const number = isDocker && version !== undefined ? numberIn(version) : undefined;
  const components = number === undefined ? found : [{ component: "docker", version: number }, ...found];
  const platform = text(tableOf(document["Platform"])?.["Name"]) || undefined;
  return { components, platform, isUpstreamBuild: isUpstream(platform, version) };
}

function isUpstream(platform: string | undefined, version: string | undefined): boolean {
  return (
    platform !== undefined &&
    /^Docker (Engine|Desktop)\b/.test(platform) &&
    !/[+~-](dfsg|ds|ubuntu|deb)/.test(version ?? "")
  );
}

/** `OCI Runtime (crun)` with `crun version 1.20\ncommit: …` is crun 1.20. */
function componentOf(name: string | undefined, version: string | undefined) {
  if (name === undefined || version === undefined) return undefined;
  const plain = (/^oci runtime \((.+)\)$/i.exec(name)?.[1] ?? name).toLowerCase();
  const component = names.find(([pattern]) => pattern.test(plain))?.[1];
  const number = numberIn(version);
  return component === undefined || number === undefined ? undefined : { component, version: number };
}

/** The first line's version: what begins with a digit after an optional `v`. */
function numberIn(version: string): string | undefined {
  return /(?:^|[\s:])v?(\d[0-9A-Za-z.+~_-]*)/.exec(version.split("\n", 1)[0]!)?.[1];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value.slice(0, longestText) : undefined;
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
