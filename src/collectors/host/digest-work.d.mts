/** The digest of a regular file in hexadecimal, read piece by piece, or why there is none. What is no regular file is not read: a device might never end. */
export function digestFile(
  path: string | Uint8Array,
  algorithm: string,
): { readonly digest: string } | { readonly missing: "absent" | "unread" };
