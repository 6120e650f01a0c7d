import { alphanumeric, assigned, hex, prefixed, type SecretRule, urlSafe, uuid, whole } from "../secret-rule.ts";

/** Credentials of package and image registries. */
export const packageRegistryRules: readonly SecretRule[] = [
  prefixed("npm-access-token", "npm access token", "critical", "npm_", `${alphanumeric}{36}`),
  whole(
    "npm-legacy-token",
    "npm authentication token",
    "critical",
    ["_authToken"],
    `_authToken["']?\\s{0,2}[=:]\\s{0,2}["']?(?<secret>${uuid})`,
  ),
  prefixed("pypi-upload-token", "PyPI upload token", "critical", "pypi-AgEIcHlwaS5vcmc", `${urlSafe}{50,1000}`, {
    reach: 1_100,
    entropy: 3.5,
  }),
  prefixed(
    "test-pypi-upload-token",
    "TestPyPI upload token",
    "medium",
    "pypi-AgENdGVzdC5weXBpLm9yZw",
    `${urlSafe}{50,1000}`,
    { reach: 1_100, entropy: 3.5 },
  ),
  prefixed("rubygems-api-key", "RubyGems API key", "critical", "rubygems_", `${hex}{48}`),
  prefixed("crates-io-token", "crates.io token", "critical", "cio", `${alphanumeric}{32}`, { entropy: 3.8 }),
  prefixed("nuget-api-key", "NuGet API key", "critical", "oy2", "[a-z0-9]{43}", { entropy: 3.8 }),
  prefixed("clojars-token", "Clojars deploy token", "critical", "CLOJARS_", "[a-z0-9]{60}", { entropy: 3.5 }),
  prefixed(
    "packagist-token",
    "Packagist token",
    "critical",
    ["packagist_ort_", "packagist_out_", "packagist_uut_"],
    `${hex}{68}`,
  ),
  prefixed("artifactory-api-key", "Artifactory API key", "critical", "AKCp", `${alphanumeric}{69}`, { entropy: 3.8 }),
  prefixed(
    "artifactory-reference-token",
    "Artifactory reference token",
    "critical",
    "cmVmdGtuO",
    `${alphanumeric}{55}`,
    { entropy: 3.5 },
  ),
  prefixed("docker-hub-token", "Docker Hub access token", "critical", ["dckr_pat_", "dckr_oat_"], `${urlSafe}{27,32}`, {
    entropy: 3.5,
  }),
  prefixed("hex-pm-key", "Hex package manager key", "high", "hexpm_", `${urlSafe}{40,70}`, { entropy: 3.5 }),
  assigned("gemfury-token", "Gemfury token", "high", ["gemfury", "furytoken"], `${urlSafe}{20,30}`, { entropy: 3.5 }),
];
