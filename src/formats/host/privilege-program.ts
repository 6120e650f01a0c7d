/** Bytes around the text of the version that are looked at. */
const reach = 64;

/** The text that stands beside each program's version: compilers keep the constants of a file together. */
const marks = { sudo: "Sudo version %s\n", pkexec: "pkexec version %s\n" } as const;

/**
 * The version that a program `sudo` or `pkexec` carries beside the text by which it shows it (`1.9.16p2`, `0.105`, `126`); undefined where there is none. The
 * program is not run.
 */
export function privilegeProgramVersion(program: keyof typeof marks, bytes: Uint8Array): string | undefined {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = content.indexOf(marks[program], 0, "latin1");
  if (at < 0) return undefined;
  const end = at + marks[program].length;
  const after = content.toString("latin1", end, end + reach);
  const before = content.toString("latin1", Math.max(0, at - reach), at);
  const version = program === "sudo" ? String.raw`1\.\d{1,2}\.\d{1,2}(?:p\d{1,2})?` : String.raw`(?:0\.)?1\d\d`;
  return new RegExp(`^\\0+(${version})\\0`).exec(after)?.[1] ?? new RegExp(`\\0(${version})\\0+$`).exec(before)?.[1];
}
