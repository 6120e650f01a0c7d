import { imageContents } from "../../facts/image/contents.ts";
import { commandsOf, type ImageInstruction, instructionPlace } from "../../facts/image/instruction.ts";
import { type PackageCommand, packageCommand } from "../../facts/image/package-command.ts";
import { type ShellCommand, wordPlaces } from "../../facts/image/shell-command.ts";
import { purposeOfProgram } from "../image/contents.ts";
import { defineDockerfileCollector, imageInstructions, type OpenedDockerfile } from "./dockerfile-collector.ts";

/** The tools that a Dockerfile installs and the caches that it leaves. */
export const dockerfileContents = defineDockerfileCollector({
  provides: imageContents,
  collect: (dockerfile) => {
    const instructions = imageInstructions(dockerfile);
    const installs = instructions.flatMap(installsIn);
    return {
      programs: installs.flatMap(programsOf),
      caches: cachesOf(instructions, dockerfile),
      entries: 0,
      bytes: 0,
      seen: "instructions" as const,
    };
  },
});

interface Install {
  readonly instruction: ImageInstruction;
  readonly command: ShellCommand;
  readonly told: PackageCommand;
}

function installsIn(instruction: ImageInstruction): Install[] {
  return commandsOf(instruction).flatMap((command) => {
    const told = packageCommand(command);
    return told?.action === "install" ? [{ instruction, command, told }] : [];
  });
}

/** Packages that bring a program under another name. */
const programsOfPackage: Readonly<Record<string, readonly string[]>> = {
  "build-essential": ["gcc", "make"],
  "build-base": ["gcc", "make"],
  "gcc-c++": ["g++"],
  "netcat-openbsd": ["nc"],
  "netcat-traditional": ["nc"],
  "nmap-ncat": ["ncat"],
  "openssh-client": ["ssh"],
  "openssh-clients": ["ssh"],
  "openssh-client-default": ["ssh"],
  "inetutils-telnet": ["telnet"],
  "python3-pip": ["pip3"],
  "py3-pip": ["pip3"],
  golang: ["go"],
  rust: ["rustc"],
  "default-jdk": ["javac"],
};

function programsOf({ instruction, command, told }: Install) {
  if (!["apt", "apk", "dnf", "zypper", "pacman"].includes(told.manager)) return [];
  const places = wordPlaces(command);
  return told.packages.flatMap((text) => {
    const name = text.replace(/[=<>~:@].*$/, "");
    return (programsOfPackage[name] ?? [name]).flatMap((program) => {
      const purpose = purposeOfProgram(program);
      if (purpose === undefined) return [];
      const { location } = instructionPlace(instruction, places.get(text) ?? command.offset);
      return [{ path: `${told.manager} install ${name}`, name: program, purpose, ...place(location) }];
    });
  });
}

interface CacheRule {
  readonly path: string;
  /** The folder that takes the cache away when it is removed, or keeps it out of the image when it is mounted. */
  readonly folder: RegExp;
  /** The command that empties it. */
  readonly cleaning: (command: ShellCommand) => boolean;
  /** Options of the command that keep none. */
  readonly option?: RegExp;
  /** A variable that keeps none. */
  readonly variable?: string;
}

const cleans = (name: RegExp, word: RegExp) => (command: ShellCommand) =>
  name.test(command.name) && command.words.some((one) => word.test(one));

const caches: Readonly<Record<string, CacheRule>> = {
  apt: {
    path: "/var/lib/apt/lists",
    folder: /^\/var\/lib\/(?:apt(?:\/|$)|\{[^}]*\bapt\b|\*)/,
    // "apt-get clean" leaves the lists.
    cleaning: cleans(/^apt(?:-get)?$/, /^dist-?clean$/),
  },
  apk: {
    path: "/var/cache/apk",
    folder: /^\/(?:var\/cache|etc)\/(?:apk(?:\/|$)|\*)/,
    cleaning: cleans(/^apk$/, /^cache$/),
    option: /^--no-cache$/,
  },
  dnf: {
    path: "/var/cache/dnf",
    folder: /^\/var\/cache\/(?:dnf|yum|libdnf5|\*)/,
    cleaning: cleans(/^(?:dnf5?|yum|microdnf|tdnf)$/, /^clean$/),
  },
  zypper: {
    path: "/var/cache/zypp",
    folder: /^\/var\/cache\/(?:zypp|\*)/,
    cleaning: cleans(/^zypper$/, /^(?:clean|cc)$/),
  },
  pacman: {
    path: "/var/cache/pacman/pkg",
    folder: /^\/var\/cache\/(?:pacman|\*)/,
    cleaning: cleans(/^pacman$/, /^-Sc/),
  },
  pip: {
    path: "~/.cache/pip",
    folder: /(?:^|\/)\.cache(?:\/(?:pip|\*).*)?\/?$/,
    cleaning: cleans(/^pip[\d.]*$/, /^purge$/),
    option: /^--no-cache(?:-dir)?$/,
    variable: "PIP_NO_CACHE_DIR",
  },
  npm: {
    path: "~/.npm",
    folder: /(?:^|\/)\.npm(?:\/|$)/,
    cleaning: cleans(/^p?npm$/, /^(?:clean|prune)$/),
  },
};

function cachesOf(instructions: readonly ImageInstruction[], { configuration }: OpenedDockerfile) {
  return instructions.flatMap((instruction) => {
    const commands = commandsOf(instruction);
    const mounts = mountTargets(instruction);
    const found = new Map<string, { manager: string; offset: number }>();
    for (const command of commands) {
      const told = packageCommand(command);
      const rule = told === undefined || told.action === "clean" ? undefined : caches[told.manager];
      if (told === undefined || rule === undefined || found.has(rule.path)) continue;
      const isKept =
        !told.options.some((option) => rule.option?.test(option)) &&
        !/^(?:1|true|yes|on)$/i.test(configuration.env.get(rule.variable ?? "")?.value ?? "");
      if (isKept) found.set(rule.path, { manager: told.manager, offset: command.offset });
    }
    return [...found]
      .filter(([, { manager }]) => !isCleaned(caches[manager]!, commands, mounts))
      .map(([path, { manager, offset }]) => {
        const { location } = instructionPlace(instruction, offset);
        return { path, manager, files: 0, bytes: 0, ...place(location) };
      });
  });
}

function isCleaned(
  { folder, cleaning }: CacheRule,
  commands: readonly ShellCommand[],
  mounts: readonly string[],
): boolean {
  return (
    mounts.some((target) => folder.test(target)) ||
    commands.some(
      (command) => cleaning(command) || (command.name === "rm" && command.words.some((word) => folder.test(word))),
    )
  );
}

/** Characters before the command in which mounts are looked for. */
const flagLength = 8_192;

/** The folders that a RUN instruction mounts. */
function mountTargets({ step }: ImageInstruction): string[] {
  const flags = (step.createdBy ?? "").slice(0, flagLength).match(/--mount=\S+/g) ?? [];
  return flags.flatMap((flag) =>
    flag
      .split(/[,=]/)
      .flatMap((part, at, parts) => (/^(?:target|dst|destination)$/.test(part) ? (parts[at + 1] ?? []) : [])),
  );
}

function place(location: { file: string; line?: number | undefined } | undefined) {
  return location?.line === undefined ? {} : { location: { file: location.file, line: location.line } };
}
