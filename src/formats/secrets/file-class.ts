/**
 * What kind of file a path names, as far as that bears on what a value in it means: `documentation` and `test` show examples, `library` is
 * the code of others, `source` assigns identifiers as well as values, `settings` assigns values.
 */
export type FileClass = "documentation" | "test" | "library" | "source" | "settings";

const documentation =
  /(^|\/)(docs?|man|info|help|javadoc|gtk-doc|locale|i18n|licenses?|examples?|samples?|demos?|tutorials?)\/|(^|\/)(README|CHANGELOG|CHANGES|NEWS|HISTORY|LICENSE|COPYING|AUTHORS|COPYRIGHT|METADATA|PKG-INFO)[^/]*$|\.(md|mdx|rst|adoc|asciidoc|html?|css|scss|svg|po|pot|[1-9](\.gz)?|pod|ipynb|map)$|\.(example|sample|dist|template|tmpl|tpl)$|[._-](example|sample)(\.[a-z]+)?$/i;
const test =
  /(^|\/)(tests?|testing|testdata|test-data|test_data|testsuite|fixtures?|specs?|__tests__|__mocks__|mocks?|e2e|benchmarks?|regrtest)\/|[._-](test|tests|spec)\.[a-z]+$|(^|\/)test_[^/]*$|(^|\/)[^/]*[a-z0-9]Tests?\.(java|cs|kt|scala|class)$/i;
const library =
  /(^|\/)(node_modules|bower_components|site-packages|dist-packages|gems|\.m2|\.gradle|\.cargo\/registry|\.nuget|\.cache|_cacache|go\/pkg\/mod|vendor|lib\/python[\d.]+|lib\/node_modules|share\/(?:doc|man|info)|\.rustup\/toolchains)\/|^(usr\/)?(lib|lib32|lib64|libx32|bin|sbin|libexec)\/|^usr\/(share(?!\/(?:nginx|httpd|apache2?|caddy|www)\/|\/[^/]+\/(?:conf|config|etc)\/)|include|src\/(?:linux|kernels|debug)[^/]*|games|local\/(lib|share|include|go|cargo|rustup))\/|^(boot|opt\/(java|openjdk|conda|google))\/|^var\/(lib\/(dpkg|rpm|apt|pacman)|cache)\//;
const source =
  /\.(c|cc|cpp|cxx|h|hpp|go|rs|java|kt|kts|scala|groovy|js|mjs|cjs|jsx|ts|tsx|mts|cts|py|pyc|rb|php|phtml|pl|pm|lua|r|swift|m|mm|cs|vb|fs|ex|exs|erl|hs|clj|dart|sql|proto|vue|svelte|el|lisp|tcl|awk|f90|jl|nim|zig)$/i;

/** The class of the file at a path without leading slash. */
export function fileClassOf(path: string): FileClass {
  if (test.test(path)) return "test";
  if (documentation.test(path)) return "documentation";
  if (library.test(path)) return "library";
  return source.test(path) ? "source" : "settings";
}

/** True for documentation and tests that packages brought: what stands there is known to whoever has the package. */
export function isPackagedExample(path: string): boolean {
  if (!library.test(path)) return false;
  return test.test(path) || documentation.test(path);
}
