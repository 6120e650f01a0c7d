import { escaped } from "./oval.fixture.ts";

/** A package of a made notice. */
export interface MadePackage {
  readonly name: string;
  readonly epoch?: string;
  readonly version: string;
  readonly release: string;
  readonly arch?: string;
  readonly src?: string;
}

/** A notice of a made `updateinfo.xml`. */
export interface MadeNotice {
  readonly id: string;
  readonly type?: string;
  readonly status?: string;
  readonly title?: string;
  readonly severity?: string;
  readonly updated?: string;
  readonly release?: string;
  /** Short name and name of the collection. */
  readonly collection?: readonly [short: string, name: string];
  readonly module?: readonly [name: string, stream: string];
  readonly references?: readonly (readonly [type: string, id: string, title?: string])[];
  readonly packages?: readonly MadePackage[];
}

/** An `updateinfo.xml` as createrepo_c writes it. */
export function updateinfoText(notices: readonly MadeNotice[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<updates>
${notices.map(noticeText).join("\n")}
</updates>
`;
}

function noticeText(notice: MadeNotice): string {
  const { id, type = "security", status = "final", collection = ["short", "Name"], module } = notice;
  const optional = (name: string, value: string | undefined) =>
    value === undefined ? "" : `<${name}>${escaped(value)}</${name}>`;
  const references = (notice.references ?? []).map(
    ([kind, ref, title = ""]) =>
      `<reference href="https://example.org/${escaped(ref)}" id="${escaped(ref)}" title="${escaped(title)}" type="${kind}"/>`,
  );
  const packages = (notice.packages ?? []).map(
    ({ name, epoch, version, release, arch = "x86_64", src }) =>
      `<package arch="${arch}"${epoch === undefined ? "" : ` epoch="${epoch}"`} name="${escaped(name)}" release="${escaped(release)}" version="${escaped(version)}"${src === undefined ? "" : ` src="${src}"`}><filename>Packages/${escaped(name)}.rpm</filename></package>`,
  );
  return `<update author="linux-security@example.org" from="linux-security@example.org" status="${status}" type="${type}" version="1.4">
<id>${escaped(id)}</id>${optional("title", notice.title)}
<issued date="2023-01-01 00:00"/><updated date="${notice.updated ?? "2023-02-23 00:01"}"/>
${optional("severity", notice.severity)}${optional("release", notice.release)}
<description>Package updates are available &amp; fix things.
</description>
<references>${references.join("")}</references>
<pkglist><collection short="${escaped(collection[0])}"><name>${escaped(collection[1])}</name>
${module ? `<module name="${module[0]}" stream="${module[1]}" version="8060020220628150300" context="d63f516d" arch="x86_64"/>` : ""}${packages.join("")}
</collection></pkglist></update>`;
}
