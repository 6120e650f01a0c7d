import type { Package } from "../package.ts";

/** The packages among those installed that the running kernel came from, by its release (`uname -r`): the image and, on rpm hosts, the parts beside it. Empty where no package brought it. */
export function runningKernelPackages(release: string, packages: readonly Package[]): Package[] {
  return packages.filter(({ type, name, version }) => {
    if (type === "deb") return name === `linux-image-${release}` || name === `linux-image-unsigned-${release}`;
    if (type === "rpm")
      return (
        /^kernel(-(rt|64k|uek|default|azure|core|modules|modules-core))*$/.test(name) &&
        release.startsWith(bare(version))
      );
    // linux-virt 6.12.9-r0 names itself 6.12.9-0-virt.
    const flavour = /^linux-(lts|virt|edge|rpi\d*)$/.exec(name)?.[1];
    return type === "apk" && flavour !== undefined && release === `${version.replace(/-r(\d+)$/, "-$1")}-${flavour}`;
  });
}

/** Without the epoch, and without the build number that SUSE adds to a package but not to the kernel's own release. */
function bare(version: string): string {
  return version.replace(/^\d+:/, "");
}
