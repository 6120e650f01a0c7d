import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";

const declared = /^(?:\/bin\/sh -c #\(nop\) +)?ARG\s+([A-Za-z_]\w{0,127})/;
const given = /^(?:RUN )?\|\d{1,3} (.*?)(?: \/bin\/|$)/;
const secretName =
  /(?:^|_)(?:PASS(?:WORD|WD|PHRASE)?|PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?:$|_(?:KEY|VALUE))/i;

export default defineCheck({
  title: "Secret is handed to the build as an argument",
  severity: "high",
  clauses: ["4.1.4-a", "4.1.2-c"],
  why: "Build arguments are recorded in the history and provenance of the image: whoever pulls it may read them, whether or not a file keeps them.",
  fix: "RUN --mount=type=secret,id=… and docker build --secret id=….",
  references: ["CIS Docker 1.6.0 4.10"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    const { history } = configuration;
    if (history.length === 0)
      return unknown("the image carries no history", "build it without squashing the history away");
    const names = new Map<string, number>();
    for (const [index, step] of history.entries())
      for (const name of argumentsOf(step.createdBy ?? ""))
        if (secretName.test(name) && !names.has(name)) names.set(name, index);
    return failEach(
      [...names].map(([name, index]) => ({
        at: `history step ${index + 1}`,
        found: `build argument ${name}`,
        expected: "a secret mount",
        key: name,
        layer: history[index]?.layer,
      })),
      { at: "history", found: `no secret's name among the build arguments of ${history.length} steps` },
    );
  },
  examples: {
    pass: [
      {
        configuration: {
          history: [
            { createdBy: "ARG VERSION=1.2" },
            { createdBy: "RUN |1 VERSION=1.2 /bin/sh -c make # buildkit" },
            { createdBy: "ENV TOKEN_URL=x" },
          ],
        },
      },
    ],
    fail: [
      { configuration: { history: [{ createdBy: "ARG NPM_TOKEN" }] } },
      { configuration: { history: [{ createdBy: "|1 DB_PASSWORD=ab***yz(20) /bin/sh -c make" }] } },
    ],
    unknown: [{ configuration: {} }],
  },
});

function argumentsOf(text: string): string[] {
  const [, name] = declared.exec(text) ?? [];
  if (name !== undefined) return [name];
  return [...(given.exec(text)?.[1] ?? "").matchAll(/(?:^| )([A-Za-z_]\w{0,127})=/g)].map(([, given = ""]) => given);
}
