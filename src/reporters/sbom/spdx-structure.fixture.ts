import { z } from "zod";

/* What SPDX 2.3 demands of a JSON document (spdx-spec 2.3, clauses 6 to 12): members, their values, and which of them point at others. */

const identifier = z.string().regex(/^SPDXRef-[A-Za-z0-9.-]+$/);
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const agent = z.string().regex(/^(?:Person|Organization|Tool): ./s);
const license = z.string().regex(/^(?:NOASSERTION|NONE|[A-Za-z0-9.+() -]+)$/);

const annotation = z.strictObject({
  annotationDate: time,
  annotationType: z.enum(["OTHER", "REVIEW"]),
  annotator: agent,
  comment: z.string(),
});

const spdxPackage = z.strictObject({
  SPDXID: identifier,
  name: z.string().min(1),
  versionInfo: z.string().optional(),
  downloadLocation: z.literal(["NOASSERTION", "NONE"]),
  filesAnalyzed: z.literal(false),
  licenseConcluded: license.optional(),
  licenseDeclared: license.optional(),
  licenseComments: z.string().optional(),
  copyrightText: z.string().optional(),
  supplier: z
    .string()
    .regex(/^(?:NOASSERTION$|(?:Person|Organization): .)/s)
    .optional(),
  primaryPackagePurpose: z
    .enum([
      "APPLICATION",
      "FRAMEWORK",
      "LIBRARY",
      "CONTAINER",
      "OPERATING-SYSTEM",
      "DEVICE",
      "FIRMWARE",
      "SOURCE",
      "ARCHIVE",
      "FILE",
      "INSTALL",
      "OTHER",
    ])
    .optional(),
  checksums: z
    .array(z.strictObject({ algorithm: z.literal("SHA256"), checksumValue: z.string().regex(/^[0-9a-f]{64}$/) }))
    .optional(),
  externalRefs: z
    .array(
      z.strictObject({
        referenceCategory: z.literal("PACKAGE-MANAGER"),
        referenceType: z.literal("purl"),
        referenceLocator: z.string().regex(/^pkg:\S+$/),
      }),
    )
    .optional(),
  annotations: z.array(annotation).min(1).optional(),
});

const relationship = z.strictObject({
  spdxElementId: identifier,
  relationshipType: z.enum(["DESCRIBES", "CONTAINS"]),
  relatedSpdxElement: identifier,
});

/** A document of SPDX 2.3 with the members that Plimsoll writes, each checked as the specification says; nothing else may stand in it. */
export const spdxStructure = z
  .strictObject({
    spdxVersion: z.literal("SPDX-2.3"),
    dataLicense: z.literal("CC0-1.0"),
    SPDXID: z.literal("SPDXRef-DOCUMENT"),
    name: z.string().min(1),
    documentNamespace: z.string().regex(/^[a-z][a-z0-9+.-]*:[^#\s]+$/),
    creationInfo: z.strictObject({ created: time, creators: z.array(agent).min(1) }),
    packages: z.array(spdxPackage),
    relationships: z.array(relationship),
  })
  .superRefine(({ packages, relationships }, context) => {
    const identifiers = ["SPDXRef-DOCUMENT", ...packages.map(({ SPDXID }) => SPDXID)];
    const known = new Set(identifiers);
    if (known.size !== identifiers.length) context.addIssue("an identifier is used twice");
    for (const { spdxElementId, relatedSpdxElement } of relationships)
      if (!known.has(spdxElementId) || !known.has(relatedSpdxElement)) context.addIssue("a relationship leads nowhere");
    if (!relationships.some(({ relationshipType }) => relationshipType === "DESCRIBES"))
      context.addIssue("the document describes nothing");
  });
