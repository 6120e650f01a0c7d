import type { InstalledPackage, Inventory } from "./inventory.ts";

/** Packages of the kernel's source that hold nothing which runs as a kernel. */
const headers =
  /^(linux-libc-dev(-.*)?|linux-headers-.*|linux-(kbuild|doc|source|support|compiler-gcc).*|kernel-headers|kernel-devel|kernel-doc|linux-api-headers|linux-headers)$/;
/** Packages that hold a kernel which can be booted. */
const images =
  /^(linux-image-(?!.*(dbg|extra-virtual)).*|linux-modules-.*|kernel|kernel-core|kernel-(uek|rt|default|lt|ml)(-core)?|linux|linux-(lts|virt|zen|hardened))$/;
const sources = /^(linux|linux-(?!libc).*|kernel|kernel-.*)$/;

/** Whether an inventory holds a kernel that can be booted. */
export function hasKernel({ packages }: Inventory): boolean {
  return packages.some(({ name, type }) => ["deb", "rpm", "apk", "alpm"].includes(type) && images.test(name));
}

/** Why the kernel's vulnerabilities do not matter in a package of headers; undefined where they do. */
export function headersOnly(
  { name, sourceName, type }: InstalledPackage,
  kernelIsInstalled: boolean,
): string | undefined {
  if (kernelIsInstalled || !["deb", "rpm", "apk", "alpm"].includes(type)) return undefined;
  if (!headers.test(name) || (sourceName !== undefined && !sources.test(sourceName))) return undefined;
  return "headers only: no kernel is installed here";
}
