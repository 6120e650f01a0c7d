import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { InlineConfig, Plugin } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));

/** The place of the data in the built page. */
export const dataPlaceholder = '"%DATA%"';

/** The build of the report page: one file, `dist/report.html`, with script and style inside. */
const config: InlineConfig = {
  root,
  logLevel: "warn",
  // React reads it to leave its development checks out.
  mode: "production",
  publicDir: false,
  plugins: [inlinedPage()],
  build: {
    outDir: `${root}dist`,
    emptyOutDir: true,
    // The first versions of Chromium, Firefox and Safari that know light-dark().
    target: ["chrome123", "firefox120", "safari17.5"],
    // One style sheet as a file; in an immediately invoked script Vite would otherwise set it by script, which the policy forbids.
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: { input: `${root}src/main.tsx`, output: { format: "iife" } },
  },
};

export default config;

/** Puts script and style into the page and names their hashes in its Content-Security-Policy: nothing else may run, load or be sent. */
function inlinedPage(): Plugin {
  return {
    name: "plimsoll-inlined-page",
    enforce: "post",
    generateBundle(_options, bundle) {
      let script = "";
      let style = "";
      for (const [name, output] of Object.entries(bundle)) {
        if (output.type === "chunk") script += output.code;
        else if (name.endsWith(".css")) style += output.source;
        delete bundle[name];
      }
      this.emitFile({ type: "asset", fileName: "report.html", source: page(scriptSafe(script.trim()), style.trim()) });
    },
  };
}

function page(script: string, style: string): string {
  const parts: Record<string, string> = {
    "%POLICY%": [
      "default-src 'none'",
      `script-src ${sourceHash(script)}`,
      `style-src ${sourceHash(style)}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ].join("; "),
    "%ICON%": icon(),
    "/*%STYLE%*/": style,
    "/*%SCRIPT%*/": script,
  };
  return readFileSync(`${root}report.html`, "utf8").replace(
    /%(?:POLICY|ICON)%|\/\*%(?:STYLE|SCRIPT)%\*\//g,
    (name) => parts[name] ?? name,
  );
}

/** A string or template may hold what would end the script element or open a comment in it; an escaped character means the same there. */
function scriptSafe(script: string): string {
  return script.replace(/<(\/script|!--)/gi, (_match, rest: string) =>
    rest.startsWith("/") ? `<\\${rest}` : `\\x3c${rest}`,
  );
}

/** A hash source of Content Security Policy Level 3 §2.3.1. */
function sourceHash(content: string): string {
  return `'sha256-${createHash("sha256").update(content, "utf8").digest("base64")}'`;
}

function icon(): string {
  const svg = readFileSync(`${root}icon.svg`, "utf8").trim().replaceAll("\n", "");
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
