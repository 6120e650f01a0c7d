/** What a CSAF document of a test says. Products are `PLATFORM:COMPONENT`, where either may hold colons; both must be named. */
export interface CsafFixture {
  readonly id: string;
  readonly namespace?: string;
  readonly date?: string;
  readonly severity?: string;
  /** CPE, if any, by platform; the platform's id is its name too unless `names` tells. */
  readonly platforms: Readonly<Record<string, string | undefined>>;
  readonly names?: Readonly<Record<string, string>>;
  /** Package URL, if any, by component. */
  readonly components: Readonly<Record<string, string | undefined>>;
  /** Modules as parts of platforms, whose parts components may be: `PLATFORM:MODULE`, with the module's package URL. */
  readonly modules?: readonly (readonly [platform: string, module: string, purl: string])[];
  /** `[whole, part]` pairs. */
  readonly parts: readonly (readonly [whole: string, part: string])[];
  readonly status: Readonly<Record<string, readonly string[]>>;
  readonly remediations?: readonly object[];
  readonly threats?: readonly object[];
  readonly scores?: readonly object[];
  readonly flags?: readonly object[];
  readonly notes?: readonly object[];
  readonly title?: string;
  readonly references?: readonly object[];
}

/** A CSAF 2.0 document in the structure that Red Hat and SUSE publish. */
export function csafDocument(fixture: CsafFixture): object {
  const { id, platforms, components, modules = [], parts } = fixture;
  const product = (productId: string, helper: object | undefined, name = productId) => ({
    category: "product_version",
    name,
    product: { name, product_id: productId, ...(helper && { product_identification_helper: helper }) },
  });
  const related = (whole: string, part: string) => ({
    category: "default_component_of",
    full_product_name: { name: `${part} as a component of ${whole}`, product_id: `${whole}:${part}` },
    product_reference: part,
    relates_to_product_reference: whole,
  });
  return {
    document: {
      ...(fixture.severity !== undefined && { aggregate_severity: { text: fixture.severity } }),
      category: "csaf_vex",
      csaf_version: "2.0",
      publisher: { category: "vendor", name: "Vendor", namespace: fixture.namespace ?? "https://www.redhat.com" },
      title: id,
      tracking: {
        id,
        current_release_date: fixture.date ?? "2025-01-02T03:04:05+00:00",
        status: "final",
        version: "1",
      },
    },
    product_tree: {
      branches: [
        {
          category: "vendor",
          name: "Vendor",
          branches: [
            {
              category: "product_family",
              name: "Family",
              branches: Object.entries(platforms).map(([name, cpe]) =>
                product(name, cpe === undefined ? undefined : { cpe }, fixture.names?.[name]),
              ),
            },
            {
              category: "architecture",
              name: "any",
              branches: [
                ...Object.entries(components).map(([name, purl]) =>
                  product(name, purl === undefined ? undefined : { purl }),
                ),
                ...modules.map(([, name, purl]) => product(name, { purl })),
              ],
            },
          ],
        },
      ],
      relationships: [
        ...modules.map(([platform, module]) => related(platform, module)),
        ...parts.map(([whole, part]) => related(whole, part)),
      ],
    },
    vulnerabilities: [
      {
        cve: id,
        ...(fixture.title !== undefined && { title: fixture.title }),
        notes: fixture.notes ?? [],
        product_status: fixture.status,
        remediations: fixture.remediations ?? [],
        threats: fixture.threats ?? [],
        scores: fixture.scores ?? [],
        flags: fixture.flags ?? [],
        references: fixture.references ?? [],
      },
    ],
  };
}
