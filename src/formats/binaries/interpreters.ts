import { introduced, type ProgramRule } from "./rule.ts";

const pythonString = /^(?<version>[23]\.\d{1,2}\.\d{1,3}(?:(?:a|b|rc)\d{1,2})?)\+?\0/;
const pythonFile =
  /^(?:python(?:[23](?:\.\d{1,2})?[a-z]{0,2})?|libpython[23](?:\.\d{1,2})?[a-z]{0,2}\.(?:so(?:\.\d[\d.]{0,10})?|dylib))$/;

/** CPython (Include/patchlevel.h: `PY_VERSION`). */
const python: ProgramRule = {
  name: "python",
  cpe: "python:python",
  pattern: pythonFile,
  shared: true,
  marks: [
    {
      lone: pythonString,
      contexts: [/<prefix>\/lib\/pythonX\.X|Python %s|%\.80s \(%\.80s\) %\./, /PYTHON|python/],
      reach: 96,
      anywhere: true,
    },
    // The linker keeps one copy of strings of which one is the end of the other: here of the folder of the installation.
    { keyword: "/versions/", pattern: /^\/versions\/(?<version>[23]\.\d{1,2}\.\d{1,3}(?:(?:a|b|rc)\d{1,2})?)\0/ },
    { keyword: "/Python-", pattern: /^\/Python-(?<version>[23]\.\d{1,2}\.\d{1,3}(?:(?:a|b|rc)\d{1,2})?)\0/ },
  ],
  fits: pythonFits,
};

/** The minor version in the file's name is the interpreter's. */
function pythonFits(file: string, version: string): boolean {
  const named = /python([23](?:\.\d{1,2})?)/.exec(file)?.[1];
  return named === undefined || `${version}.`.startsWith(`${named}.`) || pythonAlpha(version, named);
}

function pythonAlpha(version: string, named: string): boolean {
  return version.startsWith(named) && /^(?:a|b|rc)\d/.test(version.slice(named.length));
}

const pythonHeader: ProgramRule = {
  name: "python",
  cpe: "python:python",
  files: ["patchlevel.h"],
  text: true,
  shared: true,
  marks: [
    {
      keyword: "#define PY_VERSION",
      pattern: /^#define PY_VERSION[ \t]{1,40}"?(?<version>[23]\.\d{1,2}\.\d{1,3}(?:(?:a|b|rc)\d{1,2})?)\+?"?/,
    },
  ],
};

/** PyPy (`sys.version`: `[PyPy 7.3.14 with GCC …]`). */
const pypy: ProgramRule = {
  name: "pypy",
  pattern: /^(?:libpypy(?:3(?:\.\d{1,2})?)?-c\.so|pypy(?:3(?:\.\d{1,2})?)?(?:-c)?)$/,
  shared: true,
  marks: [introduced("PyPy ")],
};

/** Node.js (src/node_version.h); `process.release.name` and the HTTP client of corepack carry the name with the version. */
const node: ProgramRule = {
  name: "node",
  cpe: "nodejs:node.js",
  files: ["node", "nodejs"],
  pattern: /^libnode\.so(?:\.\d{1,4})?$/,
  marks: [
    introduced("node.js/v"),
    introduced("node v"),
    introduced("nodejs.org/download/release/v"),
    {
      lone: /^(?<version>\d{1,3}\.\d{1,3}\.\d{1,3})\0/,
      prefix: "v",
      contexts: [/v\u{ffff}\0(?:moduleLoadList|--enable-ssl2)/u, /http_parser|moduleLoadList|--debug-port/],
      anywhere: true,
    },
  ],
};

const denoVersion = "\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(?:-(?:alpha|beta|rc)\\.\\d{1,2})?";

/** Deno: the version follows the revision of its release or stands in its user agent. */
const deno: ProgramRule = {
  name: "deno",
  cpe: "deno:deno",
  files: ["deno"],
  marks: [
    {
      keyword: "Deno/",
      pattern: new RegExp(`^Deno/(?<version>${denoVersion})(?:Deno/\\k<version>|(?=\\+[0-9a-f]{7}))`),
    },
    { keyword: "release/v", pattern: new RegExp(`^release/v(?<version>${denoVersion})(?=windows|https:)`) },
    {
      keyword: "rsdeno-",
      pattern: new RegExp(`^rsdeno-(?:canary/)?[0-9a-f]{40}(?<version>${denoVersion})(?=dl|release)`),
    },
    {
      keyword: "already installed\n",
      before: 0,
      pattern: new RegExp(`\\n(?<version>${denoVersion})(?=[0-9a-f]{40}(?![0-9a-f]))`),
    },
  ],
};

const bun: ProgramRule = {
  name: "bun",
  files: ["bun"],
  marks: [introduced("Bun/"), introduced("Bun v"), introduced("bun/")],
};

/** MRI Ruby (version.c: `ruby 3.2.2 (2023-03-30 revision …)`, with a patch level until 3.0). */
const ruby: ProgramRule = {
  name: "ruby",
  cpe: "ruby-lang:ruby",
  pattern:
    /^(?:ruby(?:\d[\d.]{0,8})?|libruby(?:-\d[\d.]{0,8})?\.so(?:\.\d[\d.]{0,10})?|libruby(?:\.\d[\d.]{0,8})?\.dylib)$/,
  shared: true,
  marks: [
    {
      keyword: "ruby ",
      pattern:
        /^ruby (?<version>\d\.\d{1,2}\.\d{1,2}(?:(?:preview|rc|dev)\d{0,2})?)(?:p(?<patchLevel>\d{1,4}))? \(\d{4}-\d\d-\d\d/,
    },
  ],
};

/** Perl: its library folders are named after its version. */
const perl: ProgramRule = {
  name: "perl",
  cpe: "perl:perl",
  pattern: /^(?:perl(?:5(?:\.\d{1,3}){0,2})?|libperl\.so(?:\.5[\d.]{0,8})?)$/,
  shared: true,
  marks: [
    {
      keyword: "/perl",
      pattern: /^\/perl5?\/(?:(?:site|vendor|core)_perl\/)?(?<version>5\.\d{1,3}\.\d{1,3})(?![\d.])/,
    },
  ],
};

/** PHP (`X-Powered-By: PHP/8.2.1`). */
const php: ProgramRule = {
  name: "php",
  cpe: "php:php",
  pattern: /^(?:php(?:-cgi|-fpm|dbg)?(?:\d\d?(?:\.\d)?)?|(?:lib|mod_)php(?:\d\d?(?:\.\d)?)?\.so)$/,
  shared: true,
  marks: [
    {
      keyword: "PHP/",
      pattern: /^PHP\/(?<version>\d\.\d{1,2}\.\d{1,3}(?:(?:-dev|alpha|beta|RC)\d{0,2})?)/,
    },
  ],
};

/** Lua (lua.h: `LUA_COPYRIGHT`). */
const lua: ProgramRule = {
  name: "lua",
  cpe: "lua:lua",
  pattern: /^(?:luac?(?:-?5\.?\d)?|liblua(?:-?5\.?\d)?\.so(?:\.5[\d.]{0,8})?)$/,
  shared: true,
  marks: [{ keyword: "Lua 5.", pattern: /^Lua (?<version>5\.\d\.\d{1,2}) {1,2}Copyright/ }],
};

const luajit: ProgramRule = {
  name: "luajit",
  cpe: "luajit:luajit",
  pattern: /^(?:luajit(?:-2[\w.-]{0,20})?|libluajit-5\.1\.so(?:\.2[\d.]{0,10})?)$/,
  shared: true,
  marks: [{ keyword: "LuaJIT 2.", pattern: /^LuaJIT (?<version>2\.\d\.(?:\d{10}|\d{1,2}(?:-beta\d)?))/ }],
};

/** SWI-Prolog: the folder that it was built in. */
const swipl: ProgramRule = {
  name: "swipl",
  cpe: "swi-prolog:swi-prolog",
  pattern: /^(?:swipl|libswipl\.so(?:\.\d[\d.]{0,10})?)$/,
  shared: true,
  marks: [introduced("swipl-"), introduced("swi-prolog-")],
};

/** Julia: the file's name has the version of its interface, the bytes that of the release. */
const julia: ProgramRule = {
  name: "julia",
  cpe: "julialang:julia",
  pattern: /^libjulia-internal(?:\.so(?:\.\d[\d.]{0,10})?|(?:\.\d{1,3}){0,3}\.dylib)$/,
  marks: [
    {
      lone: /^(?<version>1\.\d{1,3}\.\d{1,3}(?:-(?:alpha|beta|rc|DEV)[\d.]{0,8})?)\0/,
      contexts: [/GIT_VERSION_INFO|Task cannot be serialized/, /BITS_PER_LIMB|branch\0commit/],
      anywhere: true,
    },
  ],
  fits: (file, version) => version.startsWith(/-internal\.(?:so\.)?(\d+\.\d+)/.exec(file)?.[1] ?? ""),
};

/** The interpreters that programs in scripting languages run on. */
export const interpreters: readonly ProgramRule[] = [
  python,
  pythonHeader,
  pypy,
  node,
  deno,
  bun,
  ruby,
  perl,
  php,
  lua,
  luajit,
  swipl,
  julia,
];
