import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDpkgStatus } from "../../src/formats/dpkg.ts";

/** Binary packages of Debian and Ubuntu whose source bears another name, as patterns; the labels name binaries only. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/^(lib)?python(\d\.\d+)(-minimal|-stdlib|-dev)?$/, "python$2"],
  [/^libpython(\d\.\d+)-(minimal|stdlib)$/, "python$1"],
  [/^(lib)?python2(-minimal|-stdlib)?$/, "python-defaults"],
  [/^(libperl5\.\d+|perl-base|perl-modules(-5\.\d+)?|perl)$/, "perl"],
  [/^libcurl\d.*$/, "curl"],
  [/^(libssl\d.*|openssl)$/, "openssl"],
  [/^openjdk-(\d+)-.*$/, "openjdk-$1"],
  [/^gcc-(\d+(\.\d)?)-base$/, "gcc-$1"],
  [/^(libsvn1|subversion)$/, "subversion"],
  [/^p11-kit-modules$/, "p11-kit"],
  [/^libssh2-1$/, "libssh2"],
  [/^(libelf1|libdw1)$/, "elfutils"],
  [/^busybox-.*$/, "busybox"],
  [/^ntpdate$/, "ntp"],
  [/^libpng12-0$/, "libpng"],
  [/^libreadline6$/, "readline6"],
  [/^libtirpc.*$/, "libtirpc"],
  [/^libicu\d+$/, "icu"],
  [/^(apt-transport-https|libapt-.*)$/, "apt"],
  [/^logsave$/, "e2fsprogs"],
  [/^(libc6|libc-bin|libc-l10n|locales|multiarch-support|libc-dev-bin|libc6-dev)$/, "glibc"],
  [/^(dirmngr|gnupg.*|gpg.*)$/, "gnupg2"],
  [/^libxtables\d+$/, "iptables"],
  [/^krb5-locales$/, "krb5"],
  [/^lib(ncurses|tinfo)w?\d$/, "ncurses"],
  [/^openssh-.*$/, "openssh"],
  [/^libpcre2-.*$/, "pcre2"],
  [/^python3-yaml$/, "pyyaml"],
];

/** The source package of a binary one, from the package databases beside the labels and the rules above; undefined where neither knows it. */
export function sourceNames(data: string): (binary: string) => string | undefined {
  const known = new Map<string, string>();
  const folder = join(data, "package-databases/claircore/dpkg");
  for (const file of readdirSync(folder)) {
    for (const { name, sourceName } of parseDpkgStatus(readFileSync(join(folder, file), "utf8"), file))
      known.set(name, sourceName ?? name);
  }
  const ubuntu: readonly { readonly Name: string; readonly SrcName: string }[] = JSON.parse(
    readFileSync(join(data, "inventories/ubuntu-18.04.json.golden"), "utf8"),
  );
  for (const { Name, SrcName } of ubuntu) known.set(Name, SrcName);
  return (binary) => {
    const rule = rules.find(([pattern]) => pattern.test(binary));
    return rule ? binary.replace(rule[0], rule[1]) : known.get(binary);
  };
}
