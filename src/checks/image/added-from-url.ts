import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";

const addsFromUrl = /^(?:\/bin\/sh -c #\(nop\) )?ADD\b.*?\b((?:https?|ftp):\/\/\S+)/i;
const pipesToShell = /\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:\/\S+\/)?(?:ba|da|z|a)?sh\b/;

export default defineCheck({
  title: "Build fetches files from the network without checking them",
  severity: "medium",
  clauses: ["4.1.2-c", "4.1.2-f"],
  why: "What a URL serves today it need not serve tomorrow: the build takes in whatever comes.",
  fix: "Use ADD --checksum=sha256:…, or fetch to a file and check its digest before use.",
  references: ["CIS Docker 1.6.0 4.9"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    if (configuration.history.length === 0)
      return unknown("the image carries no history", "build it without squashing the history away");
    const steps = configuration.history.flatMap((step, index) => {
      const text = step.createdBy ?? "";
      const [, url] = /--checksum=/.test(text) ? [] : (addsFromUrl.exec(text) ?? []);
      const found = url ?? (pipesToShell.test(text) ? "a download piped into a shell" : undefined);
      return found === undefined
        ? []
        : [
            {
              at: `history step ${index + 1}: ${text.slice(0, 120)}`,
              found,
              expected: "a download with its digest checked",
              key: found,
              layer: step.layer,
            },
          ];
    });
    return failEach(steps, { at: "history", found: `none of ${configuration.history.length} steps` });
  },
  examples: {
    pass: [
      {
        configuration: {
          history: [
            { createdBy: "COPY app /app # buildkit" },
            { createdBy: "ADD --checksum=sha256:ab https://example.com/a.tgz / # buildkit" },
          ],
        },
      },
    ],
    fail: [
      { configuration: { history: [{ createdBy: "/bin/sh -c #(nop) ADD https://example.com/a.tgz in /opt" }] } },
      { configuration: { history: [{ createdBy: "/bin/sh -c curl -sSL https://example.com/install | bash" }] } },
    ],
    unknown: [{ configuration: {} }],
  },
});
