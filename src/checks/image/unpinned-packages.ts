import { defineCheck, type Evidence } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { commandsOf, failEachStep, type ImageInstruction, instructionEvidence } from "../../facts/image/instruction.ts";
import { type PackageCommand, packageCommand } from "../../facts/image/package-command.ts";

export default defineCheck({
  title: "Build installs whatever version is newest",
  severity: "info",
  clauses: ["4.1.2-c"],
  why: "Without a version the same Dockerfile makes another image tomorrow, and a package that was taken over comes in by itself.",
  fix: "Give each package its version: name=version (apt, apk), name-version (dnf), name==version (pip), name@version (npm, go); better, install from a lock file (npm ci, pip install --require-hashes).",
  references: ["CIS Docker 1.6.0 4.7"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    return failEachStep(configuration, unpinned);
  },
  examples: {
    pass: [
      {
        configuration: {
          history: [
            { createdBy: "RUN /bin/sh -c pip install --no-cache-dir flask==3.0.3 # buildkit" },
            { createdBy: "/bin/sh -c npm ci" },
          ],
        },
      },
      {
        configuration: {
          history: [
            { createdBy: "RUN pip install -r requirements.txt", location: { file: "Dockerfile", line: 2 } },
            { createdBy: "RUN apt-get install -y curl=7.88.1-10", location: { file: "Dockerfile", line: 3 } },
          ],
        },
      },
    ],
    fail: [
      { configuration: { history: [{ createdBy: "/bin/sh -c pip install flask" }] } },
      {
        configuration: {
          history: [
            { createdBy: "RUN npm install -g @scope/tool pm2@5.4.0", location: { file: "Dockerfile", line: 2 } },
          ],
        },
      },
      {
        configuration: {
          history: [{ createdBy: "RUN apk add --no-cache curl", location: { file: "Dockerfile", line: 2 } }],
        },
      },
    ],
    unknown: [{ configuration: {} }],
  },
});

/** How each manager's packages carry a version. A file, a folder, an address and a variable are not judged. */
const pinned: Readonly<Record<string, RegExp>> = {
  apt: /=/,
  apk: /[=~]/,
  dnf: /-\d/,
  zypper: /[=~]|-\d/,
  pip: /[=~]=|@/,
  npm: /.@[\d^~v]/,
  gem: /:\d/,
  go: /@v?\d/,
  cargo: /@\d/,
};

function unpinned(instruction: ImageInstruction): Evidence[] {
  return commandsOf(instruction).flatMap((command) => {
    const told = packageCommand(command);
    const open = told?.action === "install" ? openPackages(told) : [];
    if (told === undefined || open.length === 0) return [];
    const found = open.slice(0, 8).join(", ") + (open.length > 8 ? ` and ${open.length - 8} more` : "");
    const item = {
      found,
      expected: "a version with each",
      key: `${told.manager} ${open.join(" ").slice(0, 200)}`,
      offset: command.offset,
    };
    return [instructionEvidence(instruction, item, "info")];
  });
}

function openPackages({ manager, packages, options }: PackageCommand): string[] {
  const version = pinned[manager];
  const isBound = options.some((option) =>
    /^(?:--require-hashes|--version|--vers|-v|--rev|--tag|--locked)(?:[= ]|$)/.test(option),
  );
  if (version === undefined || isBound) return [];
  return packages.filter(
    (name) =>
      !/[/\\$]|^\.|\.(?:deb|rpm|apk|whl|tgz|gz|gem)$/.test(name.replace(/^@[\w.-]+\//, "")) && !version.test(name),
  );
}
