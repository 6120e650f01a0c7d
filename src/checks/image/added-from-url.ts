import { defineCheck, type Evidence } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { commandsOf, failEachStep, type ImageInstruction, instructionEvidence } from "../../facts/image/instruction.ts";

const url = /\b(?:https?|ftp):\/\/[^\s"',\]]+/;
const interpreter = /^(?:(?:ba|da|z|a|k)?sh|python[\d.]*|perl|ruby|node|php)$/;
/** `sh -c "$(curl …)"`, `bash <(wget …)`. */
const runsSubstitution = /\b(?:ba|da|z|a)?sh\s+(?:-c\s+)?["']?(?:\$\(|`|<\()\s*(?:curl|wget)\b/;

export default defineCheck({
  title: "Build fetches files from the network without checking them",
  severity: "medium",
  clauses: ["4.1.2-c", "4.1.2-f"],
  why: "What a URL serves today it need not serve tomorrow: the build takes in whatever comes.",
  fix: "Use ADD --checksum=sha256:…, or fetch to a file and check its digest before use.",
  references: ["CIS Docker 1.6.0 4.9"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    return failEachStep(configuration, unchecked);
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
      {
        configuration: {
          history: [
            {
              createdBy: 'RUN set -e \\\n && sh -c "$(wget -qO- https://example.com/install)"',
              location: { file: "Dockerfile", line: 3 },
            },
          ],
        },
      },
    ],
    unknown: [{ configuration: {} }],
  },
});

function unchecked(instruction: ImageInstruction): Evidence[] {
  const expected = "a download with its digest checked";
  const evidence = (found: string, offset: number) =>
    instructionEvidence(instruction, { found, expected, key: found, offset }, "low");
  const { keyword, text } = instruction;
  if (keyword === "ADD") {
    const [address] = /--checksum=/.test(text) ? [] : (url.exec(text) ?? []);
    return address === undefined ? [] : [evidence(address, 0)];
  }
  const piped = pipedDownload(instruction) ?? (keyword === "RUN" ? runsSubstitution.exec(text)?.index : undefined);
  return piped === undefined ? [] : [evidence("a download piped into a shell", piped)];
}

/** Where a shell or another interpreter runs what a download writes. */
function pipedDownload(instruction: ImageInstruction): number | undefined {
  let downloads = false;
  for (const { name, isPiped, offset } of commandsOf(instruction)) {
    if (!isPiped) downloads = false;
    if (name === "curl" || name === "wget") downloads = true;
    else if (isPiped && downloads && interpreter.test(name)) return offset;
  }
  return undefined;
}
