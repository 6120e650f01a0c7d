import { corrupt } from "../../core/errors.ts";

/** The value of a variable as efivarfs shows it: four bytes of attributes stand before it (Documentation/filesystems/efivarfs.rst). Throws `CORRUPT_INPUT` where they are missing. */
export function efiVariableValue(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes.length < 4) throw corrupt(name, "a firmware variable is shorter than its attributes", bytes.length);
  return bytes.subarray(4);
}

/** True or false of a one-byte variable such as SecureBoot (UEFI 2.10 §3.3). Throws `CORRUPT_INPUT` where it is anything but 0 or 1. */
export function efiFlag(bytes: Uint8Array, name: string): boolean {
  const value = efiVariableValue(bytes, name);
  if (value.length !== 1 || value[0]! > 1) throw corrupt(name, "the variable is neither 0 nor 1", 4);
  return value[0] === 1;
}

/** The marks in a platform key's certificate that say it was never meant to be shipped. Subjects are ASCII or UTF-16 within DER. */
export function testKeyMarks(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString("latin1").replaceAll("\0", "").toUpperCase();
  return ["DO NOT TRUST", "DO NOT SHIP"].filter((mark) => text.includes(mark));
}
