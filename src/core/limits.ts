/** The bounds within which untrusted input is read. Sizes are in bytes. Going over one is a `LIMIT_EXCEEDED` error, never a crash. */
export const limits = {
  /** Bytes of one layer, archive or feed after decompression. */
  decompressedBytes: 64 * 1024 ** 3,
  /** Decompressed bytes for each compressed byte, once more than `ratioFloor` bytes came out. Deflate itself cannot exceed 1032. */
  compressionRatio: 1_100,
  /** Bytes below which the ratio is not judged. */
  ratioFloor: 64 * 1024 ** 2,
  /** Largest window, as a power of two, that a zstd frame may ask for (RFC 8878 §3.1.1.1.2). */
  zstdWindowLog: 27,
  /** Entries of one tar stream. */
  tarEntries: 5_000_000,
  /** Bytes of one PAX or GNU long-name record. */
  tarExtendedHeader: 1024 ** 2,
  /** Bytes of one path inside an archive. */
  pathBytes: 32_768,
  /** Bytes that the paths, link targets, attributes and records of one image's files may take, removed files included. */
  treeBytes: 1024 ** 3,
  /** Entries of one image's layers that cannot be applied and are listed one by one. */
  treeProblems: 10_000,
  /** Characters of link targets that are walked while one image's file system is merged and looked up. */
  linkSteps: 100_000_000,
  /** Layers of one image. */
  layers: 1_024,
  /** Bytes of all messages that answer one call of a service: as many as one layer may have. */
  callBytes: 64 * 1024 ** 3,
  /** Messages that answer one call of a service: those bytes in parts of 4 KiB. */
  callMessages: 16 * 1024 ** 2,
  /** Bytes of one JSON document of an image (manifest, index, configuration). */
  imageDocument: 32 * 1024 ** 2,
  /** Manifests that one image index may list, nested ones included. */
  indexManifests: 4_096,
  /** Pages of the list of what refers to one image. */
  referrerPages: 64,
  /** Documents that are fetched in search of an SBOM that is attached to one image. */
  attachments: 64,
  /** Links that are followed before a path counts as a cycle. */
  linkDepth: 40,
  /** Bytes of one file whose content an analyser is given whole. */
  analysedFile: 256 * 1024 ** 2,
  /** Bytes of one YAML or JSON document given by the user or found in a target. */
  document: 64 * 1024 ** 2,
  /** Documents in one YAML stream. */
  yamlDocuments: 20_000,
  /** Uses of anchors in one YAML document, each weighed by what it brings along. */
  yamlAliases: 10_000,
  /** Levels of nesting in a parsed document. */
  depth: 200,
  /** Bytes of one line in a line-based file. */
  line: 8 * 1024 ** 2,
  /** Records (packages, rules, processes) read from one file. */
  records: 5_000_000,
  /** Items of the lists of one host's sudoers once aliases are replaced by what they stand for. */
  sudoersItems: 1_000_000,
  /** Characters of the paths of all files that one package owns. */
  packagePaths: 64 * 1024 ** 2,
  /** Archives within archives (jar in war in ear) that are opened. */
  archiveDepth: 8,
  /** Entries of one zip archive. */
  zipEntries: 500_000,
  /** Bytes that are decompressed out of one file and the archives nested in it. */
  nestedArchiveBytes: 1024 ** 3,
  /** The same for each byte of the file, besides `nestedArchiveFloor`: archives in archives are compressed already. */
  nestedArchiveRatio: 16,
  /** Bytes that even the smallest archive may be decompressed to. */
  nestedArchiveFloor: 1024 ** 2,
  /** Places of one file that may turn out to be a secret and are looked at closely. */
  secretCandidates: 2_000_000,
  /** Secrets of one file that are listed one by one. */
  secretsPerFile: 1_000,
  /** Places of one program that may be its version and are looked at closely. */
  versionPlaces: 200_000,
  /** Bytes of one Dockerfile. */
  dockerfile: 2 * 1024 ** 2,
  /** Instructions of one Dockerfile. */
  dockerfileInstructions: 20_000,
  /** Bytes of one document of an advisory feed: Debian's tracker is one of 80 MB. */
  feedDocument: 256 * 1024 ** 2,
} as const;
