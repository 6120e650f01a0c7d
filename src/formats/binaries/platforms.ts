import { introduced, type ProgramRule, place } from "./rule.ts";

/** The Go toolchain (`runtime.Version`); a program of another name is told by its modules. */
const go: ProgramRule = {
  name: "go",
  cpe: "golang:go",
  files: ["go", "gofmt"],
  shared: true,
  marks: [
    // Vendors add how they built it: `go1.22.5 X:boringcrypto`, `go1.21.3 (Red Hat 1.21.3-1.el9)`.
    {
      keyword: "go1.",
      pattern: /^go(?<version>1\.\d{1,2}(?:\.\d{1,2})?(?:(?:beta|rc)\d{1,2})?)(?:(?: X:| \(|-)[ -~]{1,60})?\0/,
    },
    // Up to Go 1.16 it is a constant (runtime/internal/sys, `TheVersion`) and other constants stand directly around it.
    {
      keyword: "go1.",
      before: 1,
      pattern: /[^\s"'`]go(?<version>1\.\d{1,2}(?:\.\d{1,2})?(?:(?:beta|rc)\d{1,2})?)(?=[A-Za-z])/,
    },
  ],
};

/** The file `VERSION` of the Go toolchain, and the one that a build from its repository leaves. */
const goVersionFile: ProgramRule = {
  name: "go",
  cpe: "golang:go",
  files: ["VERSION", "VERSION.cache"],
  text: true,
  shared: true,
  marks: [
    {
      keyword: "go1.",
      before: 8,
      pattern:
        /^(?:devel )?go(?<version>1\.\d{1,2}(?:\.\d{1,2})?(?:(?:beta|rc)\d{1,2})?)(?:-(?<revision>[0-9a-f]{7,40}))?(?=\s|$)/,
    },
  ],
};

const java8 = "1\\.[5-9]\\.0(?:_\\d{1,3})?(?:-[0-9A-Za-z._]{1,40})?-b\\d{1,3}";
const java9 = "\\d{1,2}(?:\\.\\d{1,3}){0,5}(?:-ea)?(?=[+])";
const javaEnd = "(?<build>[-+][0-9A-Za-z.+_~-]{1,60})?\\0";

/** The launcher of OpenJDK: its name, the program's name and the full version are strings side by side (make/autoconf, `LAUNCHER_NAME`). */
const openJdk: ProgramRule = {
  name: "java",
  cpe: "oracle:openjdk",
  files: ["java", "javac", "jdb"],
  marks: [
    {
      keyword: "openjdk\0",
      before: 96,
      pattern: new RegExp(`\\0(?<version>${java8}|${java9})${javaEnd}openjdk\\0`),
    },
    {
      keyword: "openjdk\0",
      pattern: new RegExp(
        `^openjdk\\0(?:[a-z]{1,12}\\0{1,8})?(?:[01]\\.\\d\\0{1,8})?(?<version>${java8}|${java9})${javaEnd}`,
      ),
    },
  ],
};

/** The launcher of Oracle's and other vendors' builds, which do not name OpenJDK. */
const otherJava: ProgramRule = {
  name: "java",
  cpe: "oracle:jre",
  files: ["java"],
  shared: true,
  marks: [
    {
      keyword: "java\0",
      pattern: new RegExp(`^java\\0{1,8}(?:[01]\\.\\d\\0{1,8})?(?<version>${java8}|${java9})${javaEnd}`),
    },
    {
      keyword: "java\0",
      before: 96,
      pattern: new RegExp(`\\0(?<version>${java8}|${java9})${javaEnd}[\\s\\S]{0,60}\\0java\\0`),
    },
    { lone: new RegExp(`^(?<version>${java8}|${java9})${javaEnd}`), contexts: [], anywhere: true },
  ],
};

/** The virtual machine (hotspot `vm_version.cpp`: `… for linux-amd64 JRE (17.0.9+9), built on …`). */
const virtualMachine: ProgramRule = {
  name: "java",
  cpe: "oracle:openjdk",
  files: ["libjvm.so"],
  marks: [
    {
      keyword: " JRE (",
      after: 160,
      pattern:
        /^ JRE (?:\([^()]{1,60}\) )?\((?<version>1\.[5-9]\.0[^() ]{0,40}|\d{1,2}(?:\.\d{1,3}){0,5}(?:-ea)?)(?<build>[-+][^() ]{1,60})?\)/,
    },
  ],
};

/** The file `release` at the root of a Java runtime (JEP 223). */
const javaRelease: ProgramRule = {
  name: "java",
  cpe: "oracle:openjdk",
  files: ["release"],
  text: true,
  shared: true,
  marks: [
    {
      keyword: 'JAVA_RUNTIME_VERSION="',
      pattern:
        /^JAVA_RUNTIME_VERSION="(?<version>1\.[5-9]\.0[^"\s]{0,40}|\d{1,2}(?:\.\d{1,3}){0,5}(?:-ea)?)(?<build>[-+][^"\s]{1,60})?"/,
    },
    {
      keyword: 'JAVA_VERSION="',
      pattern: /^JAVA_VERSION="(?<version>\d{1,2}(?:\.\d{1,3}){0,5}(?:_\d{1,3})?)[^"\s]{0,40}"/,
    },
  ],
};

/** The machine of Erlang/OTP: the release stands beside the sentence that the shell greets with. */
const erlang: ProgramRule = {
  name: "erlang",
  cpe: "erlang:erlang\\/otp",
  pattern: /^beam(?:\.[a-z]{2,6}){0,2}\.smp$|^beam$/,
  marks: [
    {
      keyword: "Erlang/OTP ",
      before: 64,
      pattern: /\0(?<version>(\d\d)(?:\.\d{1,3}){1,4}(?:-rc\d)?)\0[^\0]{0,8}\0{0,8}Erlang\/OTP \2%s/,
    },
    {
      keyword: "Erlang/OTP ",
      after: 256,
      pattern: /^Erlang\/OTP (\d\d)%s[^\0]{0,240}\0{1,16}(?<version>\1(?:\.\d{1,3}){1,4}(?:-rc\d)?)\0/,
    },
    {
      lone: /^(?<version>\d\d(?:\.\d{1,3}){1,4}(?:-rc\d)?)\0/,
      contexts: [new RegExp(`Erlang/OTP \\d\\d%s[\\s\\S]*${place}|${place}[\\s\\S]*Erlang/OTP \\d\\d%s`)],
      reach: 300,
    },
  ],
};

/** `releases/26/OTP_VERSION` of an Erlang installation. */
const erlangRelease: ProgramRule = {
  name: "erlang",
  cpe: "erlang:erlang\\/otp",
  files: ["OTP_VERSION"],
  text: true,
  marks: [{ keyword: ".", before: 2, pattern: /^(?<version>\d\d(?:\.\d{1,3}){1,4}(?:-rc\d)?)\s*$/ }],
};

const elixir: ProgramRule = {
  name: "elixir",
  cpe: "elixir-lang:elixir",
  files: ["elixir", "elixir.app"],
  text: true,
  shared: true,
  marks: [
    {
      keyword: "ELIXIR_VERSION=",
      pattern: /^ELIXIR_VERSION=(?<version>1\.\d{1,3}\.\d{1,3}(?:-(?:rc\.\d{1,2}|dev))?)\s/,
    },
    {
      keyword: "{application,elixir,",
      after: 160,
      pattern: /\{vsn,"(?<version>1\.\d{1,3}\.\d{1,3}(?:-(?:rc\.\d{1,2}|dev))?)"\}/,
    },
  ],
};

/** RabbitMQ is Erlang code: its application file has the version. */
const rabbit: ProgramRule = {
  name: "rabbitmq",
  cpe: "vmware:rabbitmq",
  files: ["rabbit.app"],
  text: true,
  marks: [
    { keyword: "{vsn,", pattern: /^\{vsn, ?"(?<version>\d{1,2}\.\d{1,3}\.\d{1,3}(?:-(?:rc|beta|alpha)\.\d{1,2})?)"\}/ },
  ],
};

/** The Dart virtual machine (`Version::String`). */
const dart: ProgramRule = {
  name: "dart",
  cpe: "dart:dart_software_development_kit",
  files: ["dart", "dartaotruntime"],
  marks: [
    ...[" (stable) (", " (beta) (", " (dev) (", " (main) ("].map((keyword) => ({
      keyword,
      before: 60,
      pattern:
        /(?:^|[^ -~])(?<version>\d{1,2}\.\d{1,3}\.\d{1,3}(?:-[0-9A-Za-z.]{1,40})?) \((?:stable|beta|dev|main)\) \([A-Z][a-z]{2} /,
    })),
    // No channel before 2.9.
    ...["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map((day) => ({
      keyword: ` (${day} `,
      before: 40,
      pattern:
        /(?:^|[^ -~])(?<version>\d{1,2}\.\d{1,3}\.\d{1,3}(?:-dev[0-9.]{1,12})?) \([A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} /,
    })),
  ],
};

/** The Glasgow Haskell Compiler. */
const ghc: ProgramRule = {
  name: "ghc",
  cpe: "haskell:glasgow_haskell_compiler",
  pattern: /^ghc(?:-\d{1,2}(?:\.\d{1,8}){2,3})?$/,
  shared: true,
  marks: [
    { keyword: "GHC ", pattern: /^GHC (?<version>\d{1,2}\.\d{1,3}\.\d{1,3}(?:\.\d{8})?)\0/ },
    { keyword: "libHSghc-", pattern: /^libHSghc-(?<version>\d{1,2}\.\d{1,3}\.\d{1,3}(?:\.\d{8})?)(?=-)/ },
  ],
};

/** The standard library of Rust as a shared library. */
const rustLibrary: ProgramRule = {
  name: "rust-std",
  cpe: "rust-lang:rust",
  pattern: /^libstd-[0-9a-f]{16}\.(?:so|dylib)$/,
  marks: [
    {
      keyword: "c version 1.",
      pattern:
        /^c version (?<version>1\.\d{1,3}\.\d{1,3}(?:-(?:beta(?:\.\d{1,2})?|nightly))?) \([0-9a-f]{9} \d{4}-\d\d-\d\d\)/,
    },
    {
      keyword: "c 1.",
      pattern: /^c (?<version>1\.\d{1,3}\.\d{1,3}(?:-(?:beta(?:\.\d{1,2})?|nightly))?) \([0-9a-f]{9} \d{4}-\d\d-\d\d\)/,
    },
  ],
};

/** Chromium and what is built from it. */
const chrome: ProgramRule = {
  name: "chrome",
  cpe: "google:chrome",
  files: ["chrome", "chromium", "chromium-browser", "google-chrome", "headless_shell", "chrome-headless-shell"],
  marks: [
    {
      lone: /^(?<version>\d{2,3}\.0\.\d{4,5}\.\d{1,3})\0/,
      contexts: [new RegExp(`${place}\\0Default`), /[Cc]hrom/],
      anywhere: true,
    },
  ],
};

/** `application.ini` of Firefox; the program itself is a small launcher. */
const firefox: ProgramRule = {
  name: "firefox",
  cpe: "mozilla:firefox",
  files: ["application.ini"],
  text: true,
  shared: true,
  marks: [
    {
      keyword: "Name=Firefox",
      after: 240,
      pattern:
        /^Name=Firefox\s[\s\S]{0,200}?\nVersion=(?<version>\d{1,3}\.\d{1,3}(?:\.\d{1,3})?(?:[ab]\d{1,2}|esr)?)\s/,
    },
  ],
};

const wpCli: ProgramRule = {
  name: "wp-cli",
  files: ["wp", "wp-cli.phar"],
  shared: true,
  marks: [
    {
      keyword: "'wp-cli/wp-cli' => ",
      after: 200,
      pattern: /=> '?(?:array\s?\(|\[)\s{0,40}'pretty_version' => 'v?(?<version>\d\.\d{1,2}\.\d{1,2})'/,
    },
    introduced("WP-CLI "),
    introduced("wp-cli/wp-cli "),
  ],
};

/** Toolchains, run times and platforms that programs are written for. */
export const platforms: readonly ProgramRule[] = [
  go,
  goVersionFile,
  openJdk,
  otherJava,
  virtualMachine,
  javaRelease,
  erlang,
  erlangRelease,
  elixir,
  rabbit,
  dart,
  ghc,
  rustLibrary,
  chrome,
  firefox,
  wpCli,
];
