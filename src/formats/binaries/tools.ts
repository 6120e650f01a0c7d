import { introduced, type ProgramRule, place } from "./rule.ts";

const opensslFiles = /^(?:openssl(?:-?[13][\d.]{0,5})?|lib(?:ssl|crypto)\.so(?:\.\d[0-9a-z.]{0,10})?)$/;

/** AWS-LC calls itself a compatible OpenSSL 1.1.1. */
const awsLc: ProgramRule = {
  name: "aws-lc",
  cpe: "amazon:aws-lc",
  pattern: opensslFiles,
  shared: true,
  marks: [introduced("AWS-LC ")],
};

const libressl: ProgramRule = {
  name: "libressl",
  cpe: "openbsd:libressl",
  pattern: opensslFiles,
  shared: true,
  marks: [introduced("LibreSSL ")],
};

/** OpenSSL (`OPENSSL_VERSION_TEXT`): the release with its letters, and the day. */
const openssl: ProgramRule = {
  name: "openssl",
  cpe: "openssl:openssl",
  pattern: opensslFiles,
  shared: true,
  marks: [
    {
      keyword: "OpenSSL ",
      pattern:
        /^OpenSSL (?<version>[0-9]\.\d{1,2}\.\d{1,2}[a-z]{0,2}(?:-(?:pre|alpha|beta|dev)\d{0,2})?)(?:[-+][a-z]{1,8}\d?)? {1,2}(?:FIPS )?\d{1,2} [A-Z][a-z]{2} \d{4}/,
    },
  ],
};

/** BusyBox; in its own image all programs are links to the first by name, which is `[`. */
const busybox: ProgramRule = {
  name: "busybox",
  cpe: "busybox:busybox",
  files: ["busybox", "busybox.static", "busybox-static", "busybox-extras", "[", "[[", "sh", "ash"],
  shared: true,
  marks: [introduced("BusyBox v")],
};

/** Bash (version.c, `@(#)Bash version 5.1.16(1) release GNU`). */
const bash: ProgramRule = {
  name: "bash",
  cpe: "gnu:bash",
  files: ["bash", "bash-static", "sh"],
  shared: true,
  marks: [
    {
      keyword: "@(#)Bash version ",
      pattern: /^@\(#\)Bash version (?<version>\d\.\d{1,2}\.\d{1,3})\(\d{1,3}\) (?:release|rc\d|alpha|beta|maint)/,
    },
  ],
};

const curl: ProgramRule = {
  name: "curl",
  cpe: "haxx:curl",
  pattern: /^(?:curl|libcurl(?:-gnutls|-nss)?\.so(?:\.\d[\d.]{0,8})?)$/,
  marks: [introduced("libcurl/"), introduced("curl/"), introduced("curl ")],
};

const jq: ProgramRule = {
  name: "jq",
  cpe: "jqlang:jq",
  files: ["jq", "jq-linux64", "jq-linux-amd64", "jq-linux-arm64"],
  marks: [
    {
      lone: /^(?<version>1\.\d{1,2}(?:\.\d{1,2})?(?:-?rc\d)?)\0/,
      contexts: [
        new RegExp(`${place}\\0[\\s\\S]{0,16}jq: error \\(at`),
        /jq: error|jq_init|jq - commandline JSON processor|jq-%s/,
      ],
    },
    { keyword: "jq-1.", pattern: /^jq-(?<version>1\.\d{1,2}(?:\.\d{1,2})?(?:rc\d)?)[\0\n]/ },
  ],
};

/** git: the version stands in its user agent. */
const git: ProgramRule = {
  name: "git",
  cpe: "git-scm:git",
  files: ["git"],
  shared: true,
  marks: [
    {
      keyword: "git/",
      before: 1,
      pattern: /(?:^|[^ -~])git\/(?<version>\d\.\d{1,3}\.\d{1,3}(?:\.(?:\d{1,3}|rc\d{1,2}))?)[\0\n]/,
    },
  ],
};

/** FFmpeg: the programs print it, the libraries carry it as a string of their own. */
const ffmpeg: ProgramRule = {
  name: "ffmpeg",
  cpe: "ffmpeg:ffmpeg",
  pattern:
    /^(?:ff(?:mpeg|probe|play)|lib(?:av(?:codec|format|util|filter|device)|swscale|swresample)(?:\.so(?:\.\d[\d.]{0,12})?|(?:\.\d{1,3}){0,3}\.dylib))$/,
  marks: [
    { keyword: "FFmpeg version ", pattern: /^FFmpeg version n?(?<version>\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)[\0 -]/ },
    { keyword: "%s version ", pattern: /^%s version n?(?<version>\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)[\0 -]/ },
    {
      keyword: "%s version %s",
      before: 32,
      pattern: /\0n?(?<version>\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)(?:[-+~][^\0]{0,16})?\0{1,8}%s version %s/,
    },
  ],
};

/** The compilers of GCC; the page that they send one to for errors has their version. */
const gcc: ProgramRule = {
  name: "gcc",
  cpe: "gnu:gcc",
  pattern:
    /^(?:(?:[0-9a-z_]{3,12}-(?:[a-z]{2,8}-)?linux-(?:gnu|musl)[a-z0-9]{0,8}-)?(?:gcc|g\+\+|c\+\+|cpp)(?:-\d{1,2})?|cc1(?:plus)?)$/,
  shared: true,
  marks: [
    introduced("/onlinedocs/gcc-"),
    {
      lone: /^(?<version>\d{1,2}\.\d{1,2}\.\d{1,2})(?: \d{8})?\0/,
      contexts: [
        new RegExp(`${place}(?: \\d{8})?\\0{1,8}\\((?:GCC|[A-Z][A-Za-z]{1,20} [^)]{1,40})\\) \\0`),
        new RegExp(`\\((?:GCC|[A-Z][A-Za-z]{1,20} [^)]{1,40})\\) \\0{1,8}${place}(?: \\d{8})?\\0`),
        new RegExp(`${place}\\0{1,8}(?:libgcc\\.a|--version)\\0`),
      ],
    },
  ],
};

const utilLinuxFiles = [
  "agetty",
  "blkid",
  "cal",
  "column",
  "dmesg",
  "fdisk",
  "findmnt",
  "flock",
  "getopt",
  "hexdump",
  "hwclock",
  "ionice",
  "logger",
  "login",
  "losetup",
  "lsblk",
  "lscpu",
  "lsns",
  "mkswap",
  "more",
  "mount",
  "nsenter",
  "renice",
  "runuser",
  "script",
  "setpriv",
  "setsid",
  "su",
  "swapon",
  "taskset",
  "umount",
  "unshare",
  "wall",
  "whereis",
];

/** util-linux: each of its programs names the collection. BusyBox has programs of the same names. */
const utilLinux: ProgramRule = {
  name: "util-linux",
  cpe: "kernel:util-linux",
  files: utilLinuxFiles,
  shared: true,
  marks: [{ keyword: "util-linux ", pattern: /^util-linux (?<version>2\.\d{1,2}(?:\.\d{1,2})?(?:-rc\d)?)[\0\n ]/ }],
};

const gzip: ProgramRule = {
  name: "gzip",
  cpe: "gnu:gzip",
  files: ["gzip", "gunzip"],
  shared: true,
  marks: [
    {
      lone: /^(?<version>1\.\d{1,2}(?:\.\d{1,2})?)\0/,
      contexts: [
        new RegExp(`(?:bad pack level|%5\\.1f%%|while zipping\n)\\0{1,8}${place}\\0`),
        /gzip format|bad pack level|while zipping/,
      ],
    },
  ],
};

const xz: ProgramRule = {
  name: "xz",
  cpe: "tukaani:xz",
  pattern: /^(?:xz|xzdec|lzmadec|lzmainfo|liblzma\.so(?:\.5[\d.]{0,8})?)$/,
  shared: true,
  marks: [
    introduced("(XZ Utils) "),
    {
      lone: /^(?<version>5\.\d{1,2}\.\d{1,2}(?:alpha|beta)?)\0/,
      contexts: [/Option value cannot|Unsupported|LZMA|lzma/],
      anywhere: true,
    },
  ],
};

const zstd: ProgramRule = {
  name: "zstd",
  cpe: "facebook:zstandard",
  pattern: /^(?:zstd|zstdmt|pzstd|libzstd\.so(?:\.1[\d.]{0,8})?)$/,
  marks: [
    { keyword: "Zstandard CLI", before: 12, pattern: /v(?<version>1\.\d{1,2}\.\d{1,2})\0{1,8}Zstandard CLI/ },
    // The name of the program until 1.5.0.
    {
      keyword: "zstd command line interface",
      before: 12,
      pattern: /v(?<version>1\.\d{1,2}\.\d{1,2})\0{1,8}zstd command line/,
    },
    { keyword: "PZSTD version: %s", before: 12, pattern: /\0(?<version>1\.\d{1,2}\.\d{1,2})\0{1,8}PZSTD version/ },
    {
      lone: /^(?<version>1\.\d{1,2}\.\d{1,2})\0/,
      prefix: "v",
      contexts: [/Yann Collet|Zstandard CLI|command line interface/],
    },
    // The program has the version of zlib in it as well: one that nothing confirms is none.
    { lone: /^(?<version>1\.\d{1,2}\.\d{1,2})\0/, contexts: [/Unspecified error code|[Ff]rame|dictionary/] },
  ],
};

/** Qt's core library names itself. */
const qt: ProgramRule = {
  name: "qt",
  cpe: "qt:qt",
  pattern: /^libQt\d?Core\.so(?:\.\d[\d.]{0,10})?$/,
  marks: [
    {
      keyword: "This is the QtCore library version ",
      pattern:
        /^This is the QtCore library version (?:Qt )?(?<version>\d\.\d{1,2}\.\d{1,2}(?:-(?:alpha|beta|rc)\d{0,2})?)/,
    },
    { keyword: "Qt ", pattern: /^Qt (?<version>[456]\.\d{1,2}\.\d{1,2}(?:-(?:alpha|beta|rc)\d{0,2})?) \(/ },
  ],
};

const tini: ProgramRule = {
  name: "tini",
  files: ["tini", "tini-static", "docker-init"],
  shared: true,
  marks: [introduced("tini version ")],
};

/** dumb-init has the content of its file VERSION in it. */
const dumbInit: ProgramRule = {
  name: "dumb-init",
  files: ["dumb-init"],
  marks: [introduced("dumb-init v"), { lone: /^(?<version>\d\.\d\.\d)\n\0/, contexts: [], anywhere: true }],
};

const crun: ProgramRule = {
  name: "crun",
  cpe: "crun_project:crun",
  files: ["crun"],
  marks: [
    {
      keyword: "%s version %s",
      before: 32,
      pattern: /\0(?<version>[01]\.\d{1,2}(?:\.\d{1,2}){0,2})\0{1,8}(?:crun\0{1,8})?%s version %s/,
    },
    { keyword: "%s version %s", pattern: /^%s version %s\n\0{1,8}(?<version>[01]\.\d{1,2}(?:\.\d{1,2}){0,2})\0/ },
    { keyword: "crun ", pattern: /^crun (?<version>[01]\.\d{1,2}(?:\.\d{1,2}){0,2})\0/ },
  ],
};

/** Tools and the libraries that come with them. */
export const tools: readonly ProgramRule[] = [
  awsLc,
  libressl,
  openssl,
  busybox,
  bash,
  curl,
  jq,
  git,
  ffmpeg,
  gcc,
  utilLinux,
  gzip,
  xz,
  zstd,
  qt,
  tini,
  dumbInit,
  crun,
];
