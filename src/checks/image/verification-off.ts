import { defineCheck, type Evidence } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { commandsOf, failEachStep, type ImageInstruction, instructionEvidence } from "../../facts/image/instruction.ts";

export default defineCheck({
  title: "Build switches the verification of what it fetches off",
  severity: "medium",
  clauses: ["4.1.2-c", "4.1.2-f"],
  why: "Without the certificate or signature, whoever sits on the way decides what is installed.",
  fix: "Take the option out; give the build the missing certificate or key.",
  references: ["CIS Docker 1.6.0 4.11", "CIS Docker 1.6.0 4.12"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    return failEachStep(configuration, switchedOff);
  },
  examples: {
    pass: [
      { configuration: { history: [{ createdBy: "/bin/sh -c curl -fsSLO https://example.com/a.tgz" }] } },
      {
        configuration: {
          history: [{ createdBy: "RUN echo 'curl -k'", location: { file: "Dockerfile", line: 2 } }],
        },
      },
    ],
    fail: [
      { configuration: { history: [{ createdBy: "/bin/sh -c wget --no-check-certificate https://example.com/a" }] } },
      {
        configuration: {
          history: [
            {
              createdBy: "RUN apt-get update && \\\n  apt-get install -y --allow-unauthenticated tool",
              location: { file: "Dockerfile", line: 2 },
            },
          ],
        },
      },
      {
        configuration: { history: [{ createdBy: "ENV NODE_TLS_REJECT_UNAUTHORIZED=0", emptyLayer: true }] },
      },
    ],
    unknown: [{ configuration: {} }],
  },
});

/** Options by which programs take what nobody vouches for, by the program. */
const options: readonly (readonly [program: RegExp, option: RegExp])[] = [
  [/^curl$/, /^(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure|--proxy-insecure)$/],
  [/^wget$/, /^--no-check-certificate$/],
  [/^(?:apt|apt-get|aptitude)$/, /^(?:--allow-unauthenticated|--allow-insecure-repositories|--force-yes)$/],
  [/^apk$/, /^--allow-untrusted$/],
  [
    /^(?:dnf5?|yum|microdnf|tdnf)$/,
    /^(?:--nogpgcheck|--no-gpgchecks|--setopt=(?:\*\.)?(?:gpgcheck|sslverify)=(?:0|false))$/,
  ],
  [/^zypper$/, /^(?:--no-gpg-checks|--gpg-auto-import-keys)$/],
  [/^rpm$/, /^(?:--nosignature|--nodigest)$/],
  [/^pip[\d.]*$/, /^--trusted-host(?:=|$)/],
  [/^git$/, /^http\.sslVerify=(?:false|0)$/i],
  [/^(?:npm|pnpm|yarn)$/, /^--?(?:no-)?strict-ssl(?:=false)?$|^strict-ssl=false$/],
];
const variables =
  /\b(NODE_TLS_REJECT_UNAUTHORIZED[= ]["']?0|PYTHONHTTPSVERIFY[= ]["']?0|GIT_SSL_NO_VERIFY[= ]["']?(?:1|true)|npm_config_strict_ssl[= ]["']?false)\b/i;

function switchedOff(instruction: ImageInstruction): Evidence[] {
  const expected = "verification";
  const [, variable] = ["ENV", "ARG"].includes(instruction.keyword) ? (variables.exec(instruction.text) ?? []) : [];
  if (variable !== undefined) {
    const item = { found: variable, expected, key: variable, offset: instruction.text.indexOf(variable) };
    return [instructionEvidence(instruction, item, "low")];
  }
  return commandsOf(instruction).flatMap(({ name, words, offset }) => {
    const option = options.find(([program]) => program.test(name))?.[1];
    const word = option === undefined ? undefined : words.find((one) => option.test(one));
    const found = `${name} ${word}`;
    return word === undefined ? [] : [instructionEvidence(instruction, { found, expected, key: found, offset }, "low")];
  });
}
