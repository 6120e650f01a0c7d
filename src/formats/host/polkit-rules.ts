/** A place where a polkit rule grants an action (polkit(8)). */
export interface PolkitGrant {
  readonly line: number;
  /** Actions, groups and users that the rule's text names before it grants. */
  readonly conditions: readonly string[];
  readonly result: "yes" | "auth_self" | "auth_self_keep";
}

/** Finds grants in a JavaScript rule file. The program is not run: the text between `addRule` and the grant is searched for what it asks. */
export function parsePolkitRules(text: string): PolkitGrant[] {
  const clean = text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/(^|\s)\/\/.*$/gm, "$1");
  const grants: PolkitGrant[] = [];
  for (const match of clean.matchAll(/polkit\.Result\.(YES|AUTH_SELF_KEEP|AUTH_SELF)\b/g)) {
    const start = Math.max(0, clean.lastIndexOf("addRule", match.index));
    const before = clean.slice(start, match.index);
    const conditions = [
      ...[...before.matchAll(/action\.id\s*={2,3}\s*["']([^"']+)["']/g)].map((found) => `action ${found[1]}`),
      ...[...before.matchAll(/action\.id\.(?:indexOf|startsWith|match)\(\s*["'/]([^"'/]+)["'/]/g)].map(
        (found) => `action ${found[1]}*`,
      ),
      ...[...before.matchAll(/subject\.isInGroup\(\s*["']([^"']+)["']/g)].map((found) => `group ${found[1]}`),
      ...[...before.matchAll(/subject\.user\s*={2,3}\s*["']([^"']+)["']/g)].map((found) => `user ${found[1]}`),
    ];
    grants.push({
      line: clean.slice(0, match.index).split("\n").length,
      conditions,
      result: match[1]!.toLowerCase() as PolkitGrant["result"],
    });
  }
  return grants;
}

/** Grants of the older `.pkla` form: sections with Identity, Action and Result lines. */
export function parsePolkitAuthority(text: string): PolkitGrant[] {
  const grants: PolkitGrant[] = [];
  let conditions: string[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line.startsWith("[")) conditions = [];
    const [, name, value] = /^(Identity|Action|ResultAny|ResultActive|ResultInactive)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === "Identity" || name === "Action")
      conditions.push(
        ...value!
          .split(";")
          .filter(Boolean)
          .map((part) => `${name.toLowerCase()} ${part}`),
      );
    else if (value === "yes" || value === "auth_self" || value === "auth_self_keep")
      grants.push({ line: index + 1, conditions: [...conditions], result: value });
  }
  return grants;
}
