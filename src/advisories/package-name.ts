/** Names that mean the same package have one key: PEP 503 for PyPI, lower case where the registry or the purl type ignores case. */
export function packageKey(ecosystem: string, name: string): string {
  switch (ecosystem) {
    case "pypi":
      return name.toLowerCase().replace(/[-_.]+/g, "-");
    case "nuget":
    case "composer":
    case "golang":
    case "githubactions":
    case "hex":
    case "pub":
    case "bitnami":
    case "generic":
    case "cpe":
      return name.toLowerCase();
    default:
      return name;
  }
}
