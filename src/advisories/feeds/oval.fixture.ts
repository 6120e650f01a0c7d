/** What a test of a made document compares: `name` by one operation of the evr. */
export interface MadeTest {
  readonly name: string;
  readonly operation: string;
  readonly value: string;
  /** SUSE's pattern of architectures. */
  readonly arch?: string | undefined;
  /** Compares the bare version, as products and SUSE's packages that are not affected are. */
  readonly bare?: boolean | undefined;
}

/** A node of criteria: a condition or another comment, a test of a package with its comment, or nodes together. */
export type MadeNode =
  | string
  | { readonly test: MadeTest; readonly comment: string }
  | { readonly operator: "AND" | "OR"; readonly nodes: readonly MadeNode[]; readonly negate?: boolean };

/** A definition of a made document. */
export interface MadeDefinition {
  readonly id: string;
  readonly class?: string;
  readonly title: string;
  readonly platforms?: readonly string[];
  /** `source ref_id`. */
  readonly references?: readonly (readonly [source: string, id: string, url?: string])[];
  /** Elements of the metadata as they are written. */
  readonly metadata?: string;
  readonly criteria?: MadeNode;
}

/** Text as it stands in XML. */
export function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}

/** An OVAL document in the structure that publishers give it: definitions, tests, objects, states, with the prefix of the Linux schema. */
export function ovalText(
  definitions: readonly MadeDefinition[],
  { publisher = "com.oracle.elsa", prefix = "", timestamp = "2025-03-04T05:06:07" } = {},
): string {
  const tests: string[] = [];
  const objects: string[] = [];
  const states: string[] = [];
  const p = prefix === "" ? "" : `${prefix}:`;
  const reference = (kind: string) => `oval:${publisher}:${kind}:${tests.length + 1}`;
  const node = (made: MadeNode): string => {
    if (typeof made === "string") {
      const id = reference("tst");
      tests.push(`<${p}rpminfo_test id="${id}" version="1" comment="${escaped(made)}" check="at least one"/>`);
      return `<criterion test_ref="${id}" comment="${escaped(made)}"/>`;
    }
    if ("nodes" in made) {
      const negate = made.negate ? ' negate="true"' : "";
      return `<criteria operator="${made.operator}"${negate}>\n${made.nodes.map(node).join("\n")}\n</criteria>`;
    }
    const { name, operation, value, arch, bare } = made.test;
    const [tst, obj, ste] = ["tst", "obj", "ste"].map(reference) as [string, string, string];
    tests.push(
      `<${p}rpminfo_test id="${tst}" version="1" comment="${escaped(made.comment)}" check="at least one">` +
        `<${p}object object_ref="${obj}"/><${p}state state_ref="${ste}"/></${p}rpminfo_test>`,
    );
    objects.push(
      `<${p}rpminfo_object id="${obj}" version="1"><${p}name>${escaped(name)}</${p}name></${p}rpminfo_object>`,
    );
    const archText =
      arch === undefined ? "" : `<${p}arch datatype="string" operation="pattern match">${arch}</${p}arch>`;
    const bound = bare
      ? `<${p}version operation="${operation}">${escaped(value)}</${p}version>`
      : `<${p}evr datatype="evr_string" operation="${operation}">${escaped(value)}</${p}evr>`;
    states.push(`<${p}rpminfo_state id="${ste}" version="1">${archText}${bound}</${p}rpminfo_state>`);
    return `<criterion test_ref="${tst}" comment="${escaped(made.comment)}"/>`;
  };
  const definition = (
    made: MadeDefinition,
  ) => `<definition id="${made.id}" version="1" class="${made.class ?? "patch"}">
<metadata>
<title>
${escaped(made.title)}
</title>
<affected family="unix">${(made.platforms ?? []).map((name) => `<platform>${escaped(name)}</platform>`).join("")}</affected>
${(made.references ?? []).map(([source, id, url]) => `<reference source="${source}" ref_id="${id}"${url === undefined ? "" : ` ref_url="${url}"`}/>`).join("\n")}
<description>- fixes &lt;things&gt; &amp; more</description>
<!--
 ~~~~ advisory details ~~~~
-->
${made.metadata ?? ""}
</metadata>
${made.criteria === undefined ? "" : node(made.criteria)}
</definition>`;
  const body = definitions.map(definition).join("\n");
  const declared = prefix === "" ? "" : ` xmlns:${prefix}="http://oval.mitre.org/XMLSchema/oval-definitions-5#linux"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5" xmlns:oval="http://oval.mitre.org/XMLSchema/oval-common-5"${declared}>
<generator>
<oval:product_name>made for a test</oval:product_name>
<oval:schema_version>5.3</oval:schema_version>
<oval:timestamp>${timestamp}</oval:timestamp>
</generator>
<definitions>
${body}
</definitions>
<tests>
${tests.join("\n")}
</tests>
<objects>
${objects.join("\n")}
</objects>
<states>
${states.join("\n")}
</states>
</oval_definitions>
`;
}

/** `name is earlier than evr`, as Oracle writes it. */
export function earlier(name: string, value: string): MadeNode {
  return { test: { name, operation: "less than", value }, comment: `${name} is earlier than ${value}` };
}

/** All of the nodes. */
export function and(...nodes: MadeNode[]): MadeNode {
  return { operator: "AND", nodes };
}

/** One of the nodes. */
export function or(...nodes: MadeNode[]): MadeNode {
  return { operator: "OR", nodes };
}

const signed = (name: string) => `${name} is signed with the Oracle Linux 5 key`;

/** A definition as Oracle writes it: one erratum of two packages with two vulnerabilities, one of which is rated. */
export const bindErratum: MadeDefinition = {
  id: "oval:com.oracle.elsa:def:20070057",
  title: "ELSA-2007-0057:  Moderate: bind security update  (MODERATE)",
  platforms: ["Oracle Linux 5"],
  references: [
    ["elsa", "ELSA-2007-0057", "https://linux.oracle.com/errata/ELSA-2007-0057.html"],
    ["CVE", "CVE-2007-0494"],
    ["CVE", "CVE-2007-0493"],
  ],
  metadata: `<advisory><severity>MODERATE</severity><rights>Copyright</rights><issued date="2007-06-26"/>
    <cve cvss3="7.5/CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H" href="https://linux.oracle.com/cve/CVE-2007-0493.html" public="20070124">CVE-2007-0493</cve>
    <cve href="https://linux.oracle.com/cve/CVE-2007-0494.html">CVE-2007-0494</cve></advisory>`,
  criteria: and(
    "Oracle Linux 5 is installed",
    or(
      and(earlier("bind", "30:9.3.3-8.el5"), signed("bind")),
      and(earlier("bind-libs", "30:9.3.3-8.el5"), signed("bind-libs")),
    ),
  ),
};
