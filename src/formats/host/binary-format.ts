/** An interpreter that the kernel runs for files of a format (admin-guide/binfmt-misc). */
export interface BinaryFormat {
  readonly interpreter: string;
  /** Letters as registered: C runs it with the rights of the file that it interprets, F keeps it open for every name space. */
  readonly flags: string;
}

/** Reads an entry of /proc/sys/fs/binfmt_misc; undefined for `status` and `register`, which name no interpreter. */
export function parseBinaryFormat(text: string): BinaryFormat | undefined {
  const interpreter = /^interpreter (.*)$/m.exec(text)?.[1];
  if (interpreter === undefined) return undefined;
  return { interpreter, flags: /^flags: (.*)$/m.exec(text)?.[1] ?? "" };
}
